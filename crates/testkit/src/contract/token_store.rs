mod budget;
mod cancelling;
mod claiming;
mod completing;
mod issuing;
mod links;
mod purging;
mod recording;
mod redeeming;

use super::StoreUnderTest;
use super::fixture::Shop;
use super::suite::run_cases;

/// The contract of [`TokenStore`](application::ports::TokenStore).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn token_store<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "TokenStore",
        async { Shop::open(fresh().await.into()).await },
        [
            recording::a_request_is_claimed_as_it_was_recorded,
            recording::an_unknown_ip_stays_unknown,
            recording::a_request_may_name_its_key,
            recording::recording_twice_is_recording_once,
            recording::recording_again_does_not_bring_a_sent_mail_back,
            recording::simultaneous_requests_are_all_recorded,
            recording::any_address_is_recorded,
            claiming::links_go_before_notices_then_the_oldest,
            claiming::no_more_than_the_limit_are_claimed,
            claiming::a_claimed_mail_is_nobody_elses,
            claiming::simultaneous_claimers_never_share_a_mail,
            claiming::an_ended_lease_lets_another_claim,
            claiming::a_renewed_lease_holds_longer,
            claiming::renewing_touches_the_workers_own_leases_only,
            claiming::renewing_some_leases_leaves_the_others_to_end,
            claiming::a_claim_whose_answer_is_lost_ends_under_steady_load,
            claiming::releasing_keeps_what_is_still_worked_on,
            claiming::a_released_mail_is_due_at_once,
            claiming::releasing_touches_the_workers_own_leases_only,
            claiming::a_mail_past_its_expiry_is_claimed_to_be_ended,
            claiming::mails_of_every_organisation_are_claimed,
            claiming::dropping_the_wait_for_work_harms_nothing,
            budget::within_the_budget_a_request_is_admitted,
            budget::a_request_counts_once,
            budget::a_refused_request_is_not_counted,
            budget::the_minute_slides,
            budget::the_hour_slides,
            budget::spellings_of_one_mailbox_share_a_budget,
            budget::the_address_need_not_exist,
            budget::organisations_have_budgets_of_their_own,
            budget::an_empty_budget_admits_nobody,
            budget::the_verdict_survives_the_worker,
            budget::of_simultaneous_requests_no_more_than_the_budget_pass,
            issuing::an_issued_token_is_a_good_link,
            issuing::a_newer_request_kills_older_links,
            issuing::an_older_request_comes_too_late,
            issuing::tokens_of_one_request_stay_good_together,
            issuing::without_the_lease_nothing_is_issued,
            issuing::nothing_is_issued_for_an_ended_mail,
            issuing::a_password_set_meanwhile_supersedes_the_request,
            issuing::what_a_clock_ahead_dated_does_not_swallow_later_requests,
            issuing::other_customers_keep_their_links,
            issuing::what_was_found_out_is_kept_for_the_next_attempt,
            completing::a_sent_mail_has_ended,
            completing::a_deferred_mail_comes_again_when_it_is_due,
            completing::a_mail_that_is_not_ready_counts_no_attempt,
            completing::a_preparing_error_ends_it,
            completing::a_sending_error_ends_it,
            completing::an_undeliverable_mail_has_ended,
            completing::no_mail_is_owed_for_every_reason,
            completing::an_outcome_without_the_lease_changes_nothing,
            completing::an_outcome_is_recorded_once,
            completing::the_timeline_is_in_order,
            links::each_state_is_told_apart,
            links::an_unknown_token_has_no_link,
            links::looking_consumes_nothing,
            links::a_sandbox_link_says_so,
            links::who_asked_for_a_link_is_known,
            redeeming::a_good_link_changes_the_password,
            redeeming::of_simultaneous_attempts_one_wins,
            redeeming::of_simultaneous_attempts_with_two_tokens_one_wins,
            redeeming::a_used_link_is_no_link,
            redeeming::a_superseded_link_is_no_link,
            redeeming::an_unknown_token_is_no_link,
            redeeming::an_expired_link_is_expired,
            redeeming::an_expired_link_stays_expired_whatever_comes_later,
            redeeming::another_organisations_link_is_no_link,
            redeeming::a_banned_or_deleted_customer_may_not,
            redeeming::a_suspended_organisation_may_not,
            redeeming::every_other_link_of_the_customer_dies,
            redeeming::a_notice_is_queued,
            redeeming::a_deed_is_in_the_audit_log,
            redeeming::a_refusal_changes_nothing,
            redeeming::passwords_pile_up_newest_first,
            redeeming::without_a_password_everything_else_changes,
            cancelling::a_good_link_is_killed,
            cancelling::every_token_of_the_request_dies,
            cancelling::only_a_good_link_can_be_cancelled,
            cancelling::a_disowned_request_gets_no_new_token,
            cancelling::other_customers_are_left_alone,
            cancelling::a_note_is_in_the_timeline,
            cancelling::visits_leave_room_for_other_notes,
            purging::ended_mails_go,
            purging::mails_under_way_stay,
            purging::newer_mails_stay,
            purging::a_link_that_may_still_be_good_keeps_its_mail,
            purging::it_goes_in_small_steps,
            purging::budgets_survive_while_a_window_sees_them,
        ]
    );
}
