//! Ids that core makes.

use std::time::Duration;

use authkit_flows::world::{World, config};

#[test]
fn ids_are_in_the_order_of_time_down_to_the_microsecond() {
    let world = World::in_memory(config());
    let mut at = world.kit.now();
    let mut last = world.kit.new_uuid(at).expect("an id");
    for _ in 0..5_000 {
        at = at + Duration::from_micros(1);
        let next = world.kit.new_uuid(at).expect("an id");
        assert!(last < next, "{last} {next}");
        assert_eq!((next.get_version_num(), next.get_variant()), (7, uuid::Variant::RFC4122));
        last = next;
    }
}
