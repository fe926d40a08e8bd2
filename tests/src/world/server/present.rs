//! Who takes part, who works where, and which devices were revoked: what an administrator enters again after a backup was put in the database's place.

use diesel::prelude::*;
use rukun_server::database::schema::{assignments, devices, users};
use rukun_server::database::{AnyConnection, DatabaseError};

/// People, assignments and devices as they are now.
pub(super) struct Present {
    users: Vec<UserRow>,
    devices: Vec<DeviceRow>,
    assignments: Vec<AssignmentRow>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
struct UserRow {
    id: Vec<u8>,
    name: String,
    login: String,
    created_at: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = devices)]
struct DeviceRow {
    id: Vec<u8>,
    revoked_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = assignments)]
struct AssignmentRow {
    id: Vec<u8>,
    user_id: Vec<u8>,
    area: String,
    role: String,
    made_at: i64,
    ended_at: Option<i64>,
}

impl Present {
    pub(super) fn load(connection: &mut AnyConnection) -> Result<Self, DatabaseError> {
        Ok(Self {
            users: users::table.order(users::id).select(UserRow::as_select()).load(connection)?,
            devices: devices::table.order(devices::id).select(DeviceRow::as_select()).load(connection)?,
            assignments: assignments::table
                .order(assignments::id)
                .select(AssignmentRow::as_select())
                .load(connection)?,
        })
    }

    /// Devices that were enrolled since the backup are not entered: they come back by their papers.
    pub(super) fn enter_again(&self, connection: &mut AnyConnection) -> Result<(), DatabaseError> {
        for row in &self.users {
            let known = users::table.filter(users::id.eq(&row.id)).count().get_result::<i64>(connection)? > 0;
            if !known {
                diesel::insert_into(users::table).values(row).execute(connection)?;
            }
        }
        diesel::delete(assignments::table).execute(connection)?;
        for row in &self.assignments {
            diesel::insert_into(assignments::table).values(row).execute(connection)?;
        }
        for row in &self.devices {
            let this = devices::table.filter(devices::id.eq(&row.id));
            diesel::update(this).set(devices::revoked_at.eq(row.revoked_at)).execute(connection)?;
        }
        Ok(())
    }
}
