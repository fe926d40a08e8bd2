//! Real tables read through the forms that come with the server.

mod register;
mod support;
mod washmalawi;
