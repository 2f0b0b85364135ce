//! The real window under a virtual display, driven through WebKitWebDriver by keyboard alone, against the
//! simulator inside the app. What counts is what the simulator holds in the end.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod driver;

use driver::{Desk, Window};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);
/// Reading the sample to its end takes the models a while on a small machine.
const READ_ALL: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_question_is_answered_once_another_is_undone_and_a_restart_forgets_nothing() {
    let desk = Desk::new();
    let window = Window::open(&desk).await;

    window.wait_for("[data-testid=first-start-sample]", SOON).await;
    window
        .press_until("Enter", "[data-testid=comment-list] [role=option]", SOON)
        .await;
    window.wait_until_read(READ_ALL).await;

    // A question with a draft and its sources.
    let asked = window.go_to_question_with_draft().await;
    window.wait_for("[data-testid=source-chip-1]", SOON).await;
    window.screenshot("window-question").await;
    let approved = window.edit_draft(" Thanks for asking.").await;
    window.press_with_control("Enter").await;
    desk.wait_for_reply(&approved, SOON).await;
    assert_eq!(desk.replies_saying(&approved).await, 1, "that very reply, once");

    // Another one is approved and taken back while it is held.
    let second = window.go_to_question_with_draft().await;
    assert_ne!(second, asked, "the answered one left the queue");
    let taken_back = window.edit_draft(" On second thoughts.").await;
    window.press_with_control("Enter").await;
    window.wait_for("[data-testid=outbox-notice]", SOON).await;
    window.press("z").await;
    desk.wait_for_no_live_action(&window, SOON).await;

    // A third is deleted there, and its post gets a comment of the brand's own.
    window.go_to_question_with_draft().await;
    window.choose_command("Delete…").await;
    window.wait_for("[data-testid=confirm-act]", SOON).await;
    window.press_until_focused("Tab", "confirm-act-go").await;
    window.press("Enter").await;
    desk.wait_for_write("delete", None, SOON).await;
    desk.wait_for_no_live_action(&window, SOON).await;
    window.go_to_question_with_draft().await;
    window.choose_command("Post: comment").await;
    window.wait_for("[data-testid=post-text]", SOON).await;
    window.press_until_focused("Tab", "post-text").await;
    window.type_text("Write to us, we read everything.").await;
    window.press_with_control("Enter").await;
    window.screenshot("window-post").await;
    desk.wait_for_write("comment", Some("Write to us, we read everything."), SOON)
        .await;
    window.press("Escape").await;

    // A draft is edited and left.
    let edited = window.go_to_question_with_draft().await;
    let left = window.edit_draft(" To be continued").await;
    window.press("Escape").await;
    desk.wait_for_saved_draft(&window, edited, &left, SOON).await;
    let before = window.queue_counts().await;
    window.screenshot("window-before-restart").await;
    window.close().await;

    let window = Window::open(&desk).await;
    window
        .wait_for("[data-testid=comment-list] [role=option]", SOON)
        .await;
    window.wait_for_counts(&before, SOON).await;
    assert_eq!(
        desk.saved_draft(&window, edited).await,
        left,
        "the edit is as it was"
    );
    assert_eq!(
        desk.replies_saying(&approved).await,
        1,
        "the reply still exists once"
    );
    assert_eq!(
        desk.replies_saying(&taken_back).await,
        0,
        "what was undone was never posted"
    );
    window.screenshot("window-after-restart").await;
    window.close().await;
}
