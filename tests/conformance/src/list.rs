//! Every case by name, once: for the list and for the tests that the macro makes.

use crate::case::Case;

/// Hands the modules and their cases to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_case {
    ([$($then:tt)*] $($with:tt)*) => {
        $($then)*! {
            ($($with)*)
            admin_races {
                u1_of_sixteen_first_admins_one_is_inserted,
                u5_i12_racing_removals_leave_an_admin,
            }
            admins {
                u1_u2_a_first_admin_is_inserted_once,
                u1_an_admin_who_is_disabled_or_deleted_is_none,
                u5_the_last_active_admin_stays,
                u5_an_admin_may_go_while_another_remains,
                u5_a_disabled_admin_is_demoted_and_deleted_freely,
            }
            audit {
                a1_a3_an_event_is_kept_as_given_every_field,
                a3_an_event_is_found_by_its_id,
                a2_a4_a_second_event_with_an_id_leaves_the_first_as_it_is,
                a4_retention_removes_the_oldest_before_the_limit_and_records_itself,
                a2_an_event_outlives_what_it_is_about,
                a1_what_was_answered_is_read_at_once,
            }
            audit_races {
                a1_of_many_recorded_at_once_none_is_lost,
                u2_a_change_is_never_seen_without_its_event,
                a4_racing_retention_counts_every_event_once,
                p1_what_stands_is_seen_once_while_many_write,
            }
            changes {
                u1_u3_u4_a_role_is_set_once_with_before_and_after,
                u1_u3_u4_disabling_and_enabling_move_the_epoch,
                u1_u4_an_address_is_verified_while_it_is_the_one_that_was_sent_to,
                u1_u7_an_address_is_replaced_by_one_that_nobody_has,
                u1_u3_u4_a_profile_is_replaced_as_a_whole,
                u1_the_epoch_moves_from_the_one_that_stands,
                u2_a_sign_in_is_noted_forwards_and_touches_nothing_else,
                u3_a_step_back_of_the_clock_is_written_as_it_is,
            }
            counters {
                c1_c2_attempts_past_the_limit_wait_longer_each_time,
                c1_c2_a_hundred_in_a_row_block_until_they_are_cleared,
                c1_a_window_ends_and_the_count_begins_again,
                c1_c2_attempts_are_taken_together_or_not_at_all,
                c1_what_is_given_back_was_never_counted,
                c3_counters_that_nothing_changed_are_swept_in_steps,
                c1_of_two_hundred_racing_attempts_as_many_are_allowed_as_the_limit_says,
                c1_racing_attempts_on_shared_keys_never_exceed_either,
                c1_what_racing_callers_give_back_is_free_again,
                c5_each_of_two_hundred_is_answered_for_by_itself_and_in_order,
            }
            deletion {
                u1_u3_a_user_is_deleted_and_restored_to_the_state_before,
                u2_a_deletion_is_guarded_by_the_page_it_was_asked_on,
                u2_a_final_deletion_takes_the_row_and_its_sessions,
                u2_one_deleted_user_is_purged_at_once_with_his_sessions,
                u2_deleted_users_are_purged_by_time_in_steps_and_without_an_event,
            }
            dropped {
                u6_a_dropped_write_to_a_user_is_done_whole_or_not_at_all,
                u6_a_dropped_insert_or_purge_of_a_user_is_done_whole_or_not_at_all,
                l6_a_dropped_write_to_sessions_is_done_whole_or_not_at_all,
                a4_a_dropped_retention_is_done_whole_or_not_at_all,
                c4_dropped_attempts_are_all_counted_or_none,
            }
            filters {
                p1_a_list_of_users_holds_exactly_what_fits,
                p1_a_list_of_users_by_their_times_holds_exactly_what_fits,
                p5_users_are_counted_up_to_the_cap_and_no_further,
                p1_a_list_of_sessions_holds_exactly_what_fits,
                p1_a_list_of_events_holds_exactly_what_fits,
                p5_sessions_that_fit_are_counted_up_to_the_cap,
            }
            judged {
                u11_a_write_that_rests_on_another_role_is_stale,
                u11_a_deleted_user_is_restored_and_purged_by_the_role_that_stands,
                u11_of_fifteen_judged_writes_none_reaches_a_user_who_was_promoted,
                u11_of_fifteen_judged_purges_none_removes_a_user_who_was_promoted,
            }
            machine {
                i1_i2_i3_i5_i6_i7_i8_i11_i13_histories_of_sessions_follow_the_reference,
                i4_i12_i13_histories_of_users_follow_the_reference,
            }
            pages {
                p1_every_row_is_seen_once_and_in_order_whatever_the_limit,
                p2_previous_leads_back_over_the_same_rows,
                p3_a_page_is_full_and_next_is_none_exactly_at_the_end,
                p4_a_foreign_or_garbled_position_answers_some_page,
                p1_what_stands_is_seen_once_while_other_users_come_and_go,
                p1_what_stands_is_seen_once_while_sessions_and_events_come_and_go,
                p4_a_position_of_one_filter_is_no_way_into_another,
            }
            passwords {
                u1_u3_a_change_moves_the_epoch_and_works_once,
                u1_a_change_needs_the_hash_the_epoch_and_an_active_user,
                u1_a_first_password_is_set_where_there_is_none,
                u1_u3_a_rehash_is_guarded_by_the_hash_alone_and_moves_nothing_else,
            }
            revocation {
                l1_l3_a_session_is_revoked_once_and_the_reason_stays,
                l5_anothers_session_is_missing_and_stays,
                l3_every_reason_is_kept_and_what_is_over_may_be_revoked,
                l2_l5_all_but_one_are_ended_by_one_event_that_names_them,
                l2_an_event_lists_two_hundred_sessions_and_counts_all,
                l3_l5_the_sessions_of_a_left_epoch_are_tidied_without_an_event,
            }
            rotation {
                r1_r3_r6_a_rotation_moves_the_row_and_nothing_else,
                r5_l4_the_idle_limit_rolls_by_the_rows_own_length_and_stops_at_the_absolute_one,
                r3_a_replay_within_the_grace_changes_no_column,
                r4_the_predecessor_after_the_grace_ends_the_session,
                r4_an_older_generation_ends_the_session_at_any_time,
                r4_a_token_that_the_row_never_held_ends_the_session,
                l5_r4_reuse_in_one_session_leaves_the_users_others_alone,
                l5_r1_a_row_is_found_by_its_id_and_not_by_its_digest,
                r3_a_clock_that_is_behind_spends_nothing,
                r3_r4_without_a_grace_only_the_same_instant_replays,
                r3_at_the_limit_itself_a_session_is_over,
                r3_l3_a_revoked_session_answers_revoked_whatever_is_presented,
                r3_a_session_that_never_was_is_missing,
                r7_asking_again_with_the_same_arguments_gets_the_same_successor,
                r1_an_outcome_without_an_event_records_none,
                r3_i11_an_hours_step_of_the_clock_extends_no_limit,
            }
            rotation_races {
                r2_i1_i2_racing_rotations_have_one_winner_and_one_successor,
                r2_r6_every_link_of_a_raced_chain_is_one_generation,
                r4_i5_racing_reuse_and_rotation_end_the_session_once,
                l1_i4_nothing_is_rotated_after_a_revocation_was_answered,
                l5_i7_raced_sessions_of_one_user_do_not_touch_each_other,
            }
            session_races {
                l8_racing_sign_ins_leave_as_many_sessions_as_the_cap,
                l1_l3_of_sixteen_revocations_one_is_a_change,
                l1_every_session_is_ended_by_one_of_the_racing_calls,
                l9_a_session_that_is_rotated_is_not_purged,
                l4_racing_confirmations_leave_the_latest,
                l1_no_session_survives_its_purged_user,
            }
            sessions {
                l2_l7_a_session_is_found_as_it_was_opened,
                l4_a_session_is_never_idle_longer_than_it_lives,
                l1_no_session_is_opened_for_a_user_who_is_gone,
                l8_the_oldest_open_sessions_of_the_epoch_go_beyond_the_cap,
                l8_the_new_session_never_goes_itself,
                l7_live_sessions_are_counted_by_user_and_epoch_in_the_order_asked,
                l4_a_confirmation_moves_forwards_in_an_open_session_only,
                l9_only_what_is_over_is_purged_and_at_most_the_limit,
            }
            stats {
                a5_every_event_of_a_whole_hour_is_counted_once,
                a5_counting_goes_on_where_it_stopped_in_steps,
                a5_counts_outlive_their_events,
                a5_racing_steps_count_every_event_once,
                a6_counts_are_of_the_statistics_and_of_what_they_do_not_hold_yet,
                a7_peaks_are_told_beside_the_week_before,
            }
            user_races {
                u1_of_sixteen_resets_one_wins_and_is_seen_by_the_losers,
                u1_of_a_reset_a_rehash_and_a_sign_out_everywhere_one_wins,
                u7_of_fifty_registrations_of_one_address_one_wins,
                u7_of_those_who_want_one_address_one_gets_it,
                u1_of_sixteen_moves_of_one_epoch_one_wins,
                u4_of_sixteen_equal_writes_one_is_a_change,
                u1_of_sixteen_writes_from_one_page_one_wins,
                u2_racing_sign_ins_leave_the_latest,
                u1_a_racing_deletion_and_purge_happen_once,
            }
            users {
                u2_u3_an_inserted_user_is_found_as_given_and_its_event_is_about_its_key,
                u10_every_value_is_kept_as_it_came,
                u7_an_address_is_taken_in_every_spelling,
                u7_a_deleted_users_address_stays_taken_until_the_purge,
                u9_a_deleted_user_is_found_with_the_mark,
                u8_users_are_found_many_at_once_without_those_that_are_not,
                u8_an_id_that_no_row_can_have_is_missing_and_never_an_error,
                u2_a_change_without_an_event_records_none,
                u2_an_event_that_cannot_be_written_takes_its_change_with_it,
            }
        }
    };
}

/// Makes the list of cases.
macro_rules! listed {
    (() $($module:ident { $($name:ident,)* })*) => {
        vec![$($(
            Case {
                module: stringify!($module),
                name: stringify!($name),
                run: |bench| Box::pin(crate::cases::$module::$name(bench)),
            },
        )*)*]
    };
}

/// Every case of the suite.
pub fn cases() -> Vec<Case> {
    crate::__each_case!([listed])
}
