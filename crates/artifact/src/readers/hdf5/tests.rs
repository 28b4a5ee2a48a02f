use crate::{Options, inspect};

#[test]
fn placeholder_replaced_below() {
    let artifact = inspect(&b"\x89HDF\r\n\x1a\n".to_vec(), "x", &Options::default());
    assert_eq!(artifact.format, "hdf5");
}
