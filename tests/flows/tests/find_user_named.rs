//! An operator names a user by address or id.

use authkit_core::{Note, Operator, UserId};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};

on_every_store! {
    async fn an_id_and_every_spelling_of_the_address_name_the_user_and_no_part_does(world: World) {
        let ada = world.register("Ada@Example.com").await;
        world.register("ada@example.com.au").await;
        let operator = Operator::cli("root");
        for name in [ada.id.as_str(), "Ada@Example.com", "ada@example.com", "ADA@EXAMPLE.COM"] {
            assert_eq!(world.kit.find_user_named(&operator, name).await.ok(), Some(ada.id), "{name}");
        }
        for name in ["", " ada@example.com ", "ada", "ada@", "ada@example", "a%@example.com", "domain:example.com", &ada.id.as_str()[1..]] {
            assert_eq!(code(&world.kit.find_user_named(&operator, name).await), "not_found", "{name}");
        }
    }

    async fn a_deleted_user_is_found_too_so_that_it_can_be_restored(world: World) {
        let ada = world.register("ada@example.com").await;
        let operator = Operator::cli("root");
        world.kit.delete_user(&operator, &ada.id, Note::default(), &client()).await.expect("deleted");
        assert_eq!(world.kit.find_user_named(&operator, "ada@example.com").await.ok(), Some(ada.id));
    }

    // S-70
    async fn whoever_may_not_see_users_learns_of_none(world: World) {
        let ada = world.register("ada@example.com").await;
        let editor = world.with_role("eve@example.com", "editor").await;
        let editor = world.current(&editor).await;
        assert_eq!(code(&world.kit.operator(&editor)), "forbidden");
        let nobody = UserId::from(7);
        let auditor = world.operator("auditor@example.com", "auditor").await;
        assert_eq!(world.kit.find_user_named(&auditor, ada.id.as_str()).await.ok(), Some(ada.id));
        assert_eq!(code(&world.kit.find_user_named(&auditor, nobody.as_str()).await), "not_found");
    }
}
