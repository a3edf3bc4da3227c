//! The alert rules of `deploy/prometheus`, tried by `promtool test rules`.

use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "needs promtool"]
fn the_alert_rules_fire_when_they_should() {
    let promtool = testkit::service("RESETD_TEST_PROMTOOL");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus");
    let tests = ["test", "rules", "resetd.rules.test.yaml"];
    let output = Command::new(promtool).args(tests).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
