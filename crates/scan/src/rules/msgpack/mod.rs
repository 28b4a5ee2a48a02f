//! Rules on MessagePack, as flax writes it.

super::registry::family! { "msgpack":
    "msgpack-invalid",
    "msgpack-object-array",
    "msgpack-unknown-extension",
}
