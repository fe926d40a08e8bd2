//! Real tables read through the forms that come with the server.

mod household;
mod register;
mod support;
mod washmalawi;
