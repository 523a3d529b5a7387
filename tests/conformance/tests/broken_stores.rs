//! The suite can fail: each store here is wrong in one point, and the suite says in which.

mod broken;

use authkit_conformance::{Subject, cases, run, run_cases};
use broken::{attempts::*, audit::*, judged::*, pages::*, revocation::*, sessions::*, users::*};

/// Runs the cases of one module on stores with a flaw; the one that tries the broken clause must be among those that fail.
async fn rejects(stores: fn() -> Subject, name: &str) {
    let cases = cases();
    let module = cases.iter().find(|case| case.name == name).expect("the name of a case").module;
    let cases = cases.into_iter().filter(|case| case.module == module);
    let report = run_cases(cases, move || async move { stores() }).await;
    let failed: Vec<_> = report.failed.iter().map(|(case, _)| case.name).collect();
    assert!(failed.contains(&name), "{name} let the store pass; the suite said: {report}");
}

macro_rules! rejected {
    ($($name:ident: $port:ident($flaw:expr) by $case:ident;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                rejects(|| broken::$port($flaw), stringify!($case)).await;
            }
        )+
    };
}

rejected! {
    a_reset_that_reads_then_writes: users(ResetReadsThenWrites::default())
        by u1_of_sixteen_resets_one_wins_and_is_seen_by_the_losers;
    a_rehash_that_moves_the_epoch: users(RehashMovesTheEpoch)
        by u1_u3_a_rehash_is_guarded_by_the_hash_alone_and_moves_nothing_else;
    an_event_without_a_change: users(EventWithoutChange)
        by u1_u3_u4_a_role_is_set_once_with_before_and_after;
    a_change_without_its_event: users(ChangeWithoutEvent)
        by u1_u3_u4_disabling_and_enabling_move_the_epoch;
    an_event_after_the_step: users(EventAfterTheStep)
        by u2_an_event_that_cannot_be_written_takes_its_change_with_it;
    an_event_without_before_and_after: users(EventWithoutBeforeAndAfter)
        by u1_u3_u4_a_role_is_set_once_with_before_and_after;
    a_last_admin_check_before_the_write: users(LastAdminChecksThenWrites::default())
        by u5_i12_racing_removals_leave_an_admin;
    a_registration_that_reads_then_inserts: users(RegistrationReadsThenInserts::default())
        by u7_of_fifty_registrations_of_one_address_one_wins;
    an_address_that_is_compared_by_case: users(EmailByCase)
        by u7_an_address_is_taken_in_every_spelling;
    a_deleted_user_that_is_not_found: users(DeletedIsNotFound)
        by u9_a_deleted_user_is_found_with_the_mark;
    a_deletion_that_forgets_the_epoch: users(DeleteForgetsTheEpoch)
        by u1_u3_a_user_is_deleted_and_restored_to_the_state_before;
    a_sign_out_without_a_swap: users(SignOutWithoutSwap)
        by u1_the_epoch_moves_from_the_one_that_stands;
    a_judged_role_that_is_read_then_forgotten: users(JudgedRoleIsReadThenForgotten::default())
        by u11_of_fifteen_judged_writes_none_reaches_a_user_who_was_promoted;
    a_purge_by_a_role_that_is_read_then_forgotten: users(JudgedRoleIsReadThenForgotten::default())
        by u11_of_fifteen_judged_purges_none_removes_a_user_who_was_promoted;
    a_sign_out_that_forgets_the_role: users(SignOutForgetsTheRole)
        by u11_a_write_that_rests_on_another_role_is_stale;
    a_restore_that_forgets_the_guard: users(RestoreForgetsTheGuard)
        by u11_a_deleted_user_is_restored_and_purged_by_the_role_that_stands;

    a_rotation_that_reads_then_writes: sessions(RotationReadsThenWrites::default())
        by r2_i1_i2_racing_rotations_have_one_winner_and_one_successor;
    a_reuse_that_is_rolled_back: sessions(ReuseIsRolledBack)
        by r4_the_predecessor_after_the_grace_ends_the_session;
    a_replay_without_its_event: sessions(ReplayWithoutEvent)
        by r3_a_replay_within_the_grace_changes_no_column;
    a_replay_that_changes_the_row: sessions(ReplayChangesTheRow::default())
        by r3_a_replay_within_the_grace_changes_no_column;
    a_rotation_that_forgets_the_key: sessions(RotationForgetsTheKey)
        by r1_r3_r6_a_rotation_moves_the_row_and_nothing_else;
    a_rotation_that_moves_the_absolute_end: sessions(RotationMovesTheAbsoluteEnd)
        by r5_l4_the_idle_limit_rolls_by_the_rows_own_length_and_stops_at_the_absolute_one;
    a_cap_that_counts_the_dead: sessions(CapCountsTheDead)
        by l8_the_oldest_open_sessions_of_the_epoch_go_beyond_the_cap;
    a_cap_that_reads_then_writes: sessions(CapReadsThenWrites::default())
        by l8_racing_sign_ins_leave_as_many_sessions_as_the_cap;
    a_revocation_that_is_written_over: sessions(RevocationIsWrittenOver::default())
        by l1_l3_a_session_is_revoked_once_and_the_reason_stays;
    a_revocation_that_reads_then_writes: sessions(RevocationReadsThenWrites::default())
        by l1_l3_of_sixteen_revocations_one_is_a_change;
    a_revocation_whose_event_comes_after_the_step: sessions(RevocationEventAfterTheStep)
        by l6_a_dropped_write_to_sessions_is_done_whole_or_not_at_all;
    a_revocation_that_ignores_the_owner: sessions(RevocationIgnoresTheOwner)
        by l5_anothers_session_is_missing_and_stays;
    a_purge_that_takes_the_living: sessions(PurgeTakesTheLiving)
        by l9_only_what_is_over_is_purged_and_at_most_the_limit;

    pages_in_the_wrong_order: sessions(UnorderedPages)
        by p1_every_row_is_seen_once_and_in_order_whatever_the_limit;
    pages_without_a_way_back: users(NoWayBack)
        by p2_previous_leads_back_over_the_same_rows;
    pages_that_skip_ties: users(TiesAreSkipped)
        by p1_every_row_is_seen_once_and_in_order_whatever_the_limit;
    a_list_with_deleted_users: users(DeletedUsersAreListed)
        by p1_a_list_of_users_holds_exactly_what_fits;
    a_search_with_wildcards: users(SearchHasWildcards)
        by p1_a_list_of_users_holds_exactly_what_fits;
    a_part_with_wildcards: users(PartHasWildcards)
        by p1_a_list_of_users_holds_exactly_what_fits;
    a_domain_that_is_an_ending: users(DomainIsAnEnding)
        by p1_a_list_of_users_holds_exactly_what_fits;
    a_range_that_holds_its_end: users(RangesHoldTheirEnd)
        by p1_a_list_of_users_by_their_times_holds_exactly_what_fits;
    a_count_that_goes_on: users(CountGoesOn)
        by p5_users_are_counted_up_to_the_cap_and_no_further;

    a_list_by_the_first_code_alone: log(FirstCodeOnly)
        by p1_a_list_of_events_holds_exactly_what_fits;
    a_row_that_comes_once_for_each_code: log(TwiceNamedIsTwiceListed)
        by p1_a_list_of_events_holds_exactly_what_fits;
    a_timeline_without_what_the_user_did: log(TimelineIsAboutOnly)
        by p1_a_list_of_events_holds_exactly_what_fits;
    a_list_that_ignores_why_a_session_ended: sessions(ReasonsAreIgnored)
        by p1_a_list_of_sessions_holds_exactly_what_fits;
    a_count_past_its_cap: sessions(CountPassesTheCap)
        by p5_sessions_that_fit_are_counted_up_to_the_cap;
    a_count_of_one_page: sessions(CountOfOnePage)
        by p5_sessions_that_fit_are_counted_up_to_the_cap;

    an_event_without_its_client: sink(ClientIsNotKept)
        by a1_a3_an_event_is_kept_as_given_every_field;
    hours_that_are_counted_twice: log(HoursAreCountedTwice::default())
        by a5_counting_goes_on_where_it_stopped_in_steps;
    counts_without_the_running_hour: log(RunningHourIsLeftOut)
        by a6_counts_are_of_the_statistics_and_of_what_they_do_not_hold_yet;
    hours_that_are_counted_from_both_sides: log(TrailIsCountedTwice)
        by a6_counts_are_of_the_statistics_and_of_what_they_do_not_hold_yet;
    peaks_without_what_is_usual: log(PeaksForgetTheWeek)
        by a7_peaks_are_told_beside_the_week_before;
    peaks_of_addresses_alone: log(PeaksAreOfAddresses)
        by a7_peaks_are_told_beside_the_week_before;
    a_retention_that_leaves_no_trace: log(RetentionLeavesNoTrace)
        by a4_retention_removes_the_oldest_before_the_limit_and_records_itself;

    a_throttle_that_checks_then_counts: attempts(ThrottleChecksThenCounts::default())
        by c1_of_two_hundred_racing_attempts_as_many_are_allowed_as_the_limit_says;
    a_throttle_that_counts_refusals: attempts(RefusalsCount)
        by c1_c2_attempts_past_the_limit_wait_longer_each_time;
    a_throttle_that_takes_one_by_one: attempts(TakesOneByOne)
        by c1_c2_attempts_are_taken_together_or_not_at_all;
    a_counter_that_answers_for_the_blocked_alone: attempts(BlockedEachLeavesOutTheFree)
        by c5_each_of_two_hundred_is_answered_for_by_itself_and_in_order;
    a_counter_that_answers_in_the_order_of_keys: attempts(BlockedEachComesInTheOrderOfKeys)
        by c5_each_of_two_hundred_is_answered_for_by_itself_and_in_order;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wrapper_without_a_flaw_passes() {
    let report = run(|| async { broken::flawless() }).await;
    assert!(report.is_ok() && report.waived.is_empty(), "{report}");
}
