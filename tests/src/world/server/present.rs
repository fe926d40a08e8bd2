//! Who works where and with which device: what an administrator enters again after a backup was put in the database's place.

use diesel::prelude::*;
use rukun_server::database::schema::{assignments, devices};
use rukun_server::database::{AnyConnection, DatabaseError};

/// Devices and assignments as they are now.
pub(super) struct Present {
    devices: Vec<DeviceRow>,
    assignments: Vec<AssignmentRow>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = devices)]
struct DeviceRow {
    id: Vec<u8>,
    user_id: Vec<u8>,
    public_key: Vec<u8>,
    label: String,
    kind: i32,
    enrolled_at: i64,
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
            devices: devices::table.order(devices::id).select(DeviceRow::as_select()).load(connection)?,
            assignments: assignments::table
                .order(assignments::id)
                .select(AssignmentRow::as_select())
                .load(connection)?,
        })
    }

    pub(super) fn enter_again(&self, connection: &mut AnyConnection) -> Result<(), DatabaseError> {
        diesel::delete(assignments::table).execute(connection)?;
        for row in &self.assignments {
            diesel::insert_into(assignments::table).values(row).execute(connection)?;
        }
        for row in &self.devices {
            let known = devices::table.filter(devices::id.eq(&row.id)).count().get_result::<i64>(connection)? > 0;
            if known {
                let this = devices::table.filter(devices::id.eq(&row.id));
                diesel::update(this).set(devices::revoked_at.eq(row.revoked_at)).execute(connection)?;
            } else {
                diesel::insert_into(devices::table).values(row).execute(connection)?;
            }
        }
        Ok(())
    }
}
