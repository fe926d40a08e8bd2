//! The REST interface for programs and screens, under `/api/v1`. A session cookie says who asks; assignments say what they
//! may do.

mod areas;
mod assignments;
mod conflicts;
mod devices;
mod feeds;
mod forms;
mod held;
mod page;
mod records;
mod session;
mod short;
mod users;

use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn endpoints(config: &mut ServiceConfig) {
    let api = scope("/api/v1")
        .service(session::log_in)
        .service(session::me)
        .service(session::log_out)
        .service(session::change_password)
        .service(users::list)
        .service(users::create)
        .service(users::read)
        .service(users::disable)
        .service(users::enable)
        .service(users::reset_password)
        .service(devices::list)
        .service(devices::make_code)
        .service(devices::revoke)
        .service(areas::list)
        .service(areas::read)
        .service(assignments::list)
        .service(assignments::make)
        .service(assignments::end)
        .service(feeds::list)
        .service(forms::list)
        .service(forms::publish)
        .service(forms::retire)
        .service(forms::restore)
        .service(records::list)
        .service(records::read)
        .service(records::move_to)
        .service(records::automerge)
        .service(conflicts::list)
        .service(held::list)
        .service(held::release)
        .service(held::discard);
    config.service(api);
}
