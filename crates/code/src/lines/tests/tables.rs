use super::super::record;

#[test]
fn every_line_of_the_tables_is_read() {
    assert_eq!(record::unread(), Vec::<&str>::new());
    assert!(record::CLASSES.len() < 64);
}
