//! What a session knows of the world around it.

use crate::expression::Clock;

/// The id of a repeat instance, the same on every device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceKey(pub [u8; 16]);

/// What a session is told of the world around it: it has no clock and no chance of its own.
#[derive(Debug, Clone)]
pub struct World {
    /// The record that is filled: its instance id, and the root of the ids of instances that a count makes.
    pub record: [u8; 16],
    /// Now; every computation of a session until the next [`Session::set_clock`](super::Session::set_clock) sees this moment.
    pub clock: Clock,
    /// Where `random()` and `uuid()` begin. Two sessions of the same seed come to the same values.
    pub seed: u64,
    /// What metadata questions read.
    pub properties: Properties,
}

/// What metadata questions read. What is not known reads as nothing.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    /// The device's id.
    pub device_id: String,
    /// The user's log-in name.
    pub username: String,
    /// The user's telephone number.
    pub phone_number: String,
    /// The user's e-mail address.
    pub email: String,
    /// Where the device is: `lat lon alt acc`.
    pub location: String,
}
