mod finding;
mod importing;
mod partial;

use super::StoreUnderTest;
use super::fixture::Shop;
use super::suite::run_cases;

/// The contract of [`CustomerDirectory`](application::ports::CustomerDirectory).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn customer_directory<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "CustomerDirectory",
        async { Shop::open(fresh().await.into()).await },
        [
            finding::every_field_survives,
            finding::an_address_is_found_by_its_canonical_form,
            finding::addresses_that_look_alike_are_not_the_same,
            finding::an_unknown_address_is_not_found,
            finding::a_customer_without_address_is_never_found_by_one,
            finding::banned_and_deleted_customers_are_found_as_such,
            finding::organisations_do_not_share_customers,
            finding::the_history_is_newest_first_and_limited,
            importing::a_batch_answers_row_by_row,
            importing::an_address_identifies_a_customer,
            importing::an_external_id_identifies_a_customer,
            importing::a_phone_number_identifies_a_customer_without_address,
            importing::an_external_id_counts_before_the_address,
            importing::an_address_of_another_customer_is_refused,
            importing::rows_of_one_batch_see_each_other,
            importing::the_same_file_for_another_organisation_is_other_customers,
            importing::without_a_password_the_present_one_stays,
            importing::a_new_password_makes_the_former_one_history,
            importing::a_changed_password_kills_open_links,
            importing::a_changed_address_kills_open_links,
            importing::a_request_from_before_a_changed_password_gets_no_token,
            importing::an_unchanged_customer_keeps_their_links,
            importing::the_checkpoint_moves_with_the_batch,
            importing::checkpoints_are_kept_apart,
            importing::a_thousand_rows_go_in_one_batch,
            partial::what_is_absent_stays,
            partial::what_is_erased_is_gone,
            partial::the_same_again_changes_nothing,
            partial::the_last_of_three_imports_counts,
            partial::a_ban_ends_links_for_good,
            partial::a_dump_does_not_undo_a_reset,
            partial::a_later_change_replaces_what_a_reset_set,
            partial::a_smaller_revision_is_ignored,
            partial::only_the_import_under_way_has_a_checkpoint,
        ]
    );
}
