//! The short form of every scenario, one after the other: each needs the machine for itself.

mod postgres {
    use authkit_faults::{Form, scenario};
    use tokio::sync::Mutex;

    static MACHINE: Mutex<()> = Mutex::const_new(());

    async fn run(name: &str) {
        let _machine = MACHINE.lock().await;
        for row in (scenario::find(name).run)(Form::Short).await {
            println!("{row}");
            assert!(row.is_met, "{row}");
        }
    }

    macro_rules! runs {
        ($($(#[$what:meta])* $test:ident = $name:literal,)*) => {
            $($(#[$what])*
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                run($name).await;
            })*
        };
    }

    runs! {
        // S1 and S21 of the scoreboard
        parallel_refreshes_over_two_nodes_have_one_successor = "refreshes",
        // S-59
        a_reset_link_works_once_over_two_nodes = "resets",
        parallel_registrations_over_two_nodes_make_one_user = "registrations",
        two_administrators_who_demote_each_other_over_two_nodes_leave_one = "admins",
        a_shared_throttle_counts_over_two_nodes = "throttle",
        // S2 of the scoreboard
        a_refresh_whose_answer_is_lost_is_asked_for_again = "lost-answer",
        // S4 of the scoreboard
        a_killed_node_has_lost_nothing_that_it_acknowledged = "kill-node",
        a_killed_server_has_lost_nothing_that_was_acknowledged = "kill-server",
        // S5 of the scoreboard
        a_restart_of_the_server_is_lived_through = "restart",
        // S6 of the scoreboard
        a_paused_server_costs_503_and_no_memory = "pause",
        // S7 of the scoreboard
        locked_rows_cost_503_for_those_who_need_them = "locks",
        a_promoted_replica_is_found_and_holds_every_acknowledged_write = "failover",
        a_full_server_is_waited_for = "server-full",
        a_full_disk_is_waited_for = "disk-full",
        a_changed_password_is_waited_for = "password",
        a_server_that_only_reads_is_waited_for = "read-only",
    }
}
