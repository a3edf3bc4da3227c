use std::sync::Arc;

use resetd_mail_template::TemplateComposer;

use crate::shop::Shelf;

#[tokio::test]
async fn keeps_the_contract_of_a_composer() {
    testkit::contract::mail_composer(async || TemplateComposer::new(Arc::new(Shelf::default())).unwrap())
        .await;
}
