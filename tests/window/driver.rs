//! A desk to work at: a data folder, the window on it, and a look at what the simulator holds.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const CONTROL: char = '\u{E009}';
const TAB: char = '\u{E004}';
const END: char = '\u{E010}';
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A data folder of its own; removed at the end.
pub struct Desk {
    data: tempfile::TempDir,
    http: reqwest::Client,
}

impl Desk {
    pub fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        // Long enough to undo by hand, short enough to wait for.
        std::fs::write(data.path().join("settings.toml"), "[outbox]\nhold_seconds = 5\n").unwrap();
        Self {
            data,
            http: reqwest::Client::new(),
        }
    }

    async fn ledger(&self) -> Value {
        let url = std::fs::read_to_string(self.data.path().join("workspaces/sample/simulator.url")).unwrap();
        self.http
            .get(format!("{url}/_control/ledger"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// How many replies with this very text the simulator accepted.
    pub async fn replies_saying(&self, text: &str) -> usize {
        let ledger = self.ledger().await;
        let writes = ledger["writes"].as_array();
        writes
            .unwrap_or_else(|| panic!("the ledger lists its writes: {ledger}"))
            .iter()
            .filter(|write| write["what"] == "reply" && write["text"] == text)
            .count()
    }

    pub async fn wait_for_reply(&self, text: &str, within: Duration) {
        let start = Instant::now();
        while self.replies_saying(text).await == 0 {
            assert!(
                start.elapsed() < within,
                "\"{text}\" is not on the simulator: {}",
                self.ledger().await
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Exactly one write of this kind, with these words where it has any, reaches the simulator.
    pub async fn wait_for_write(&self, what: &str, text: Option<&str>, within: Duration) {
        let start = Instant::now();
        loop {
            let ledger = self.ledger().await;
            let written = ledger["writes"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|write| write["what"] == what && text.is_none_or(|text| write["text"] == text))
                .count();
            if written > 0 {
                assert_eq!(written, 1, "{what}, once: {ledger}");
                return;
            }
            assert!(start.elapsed() < within, "no {what} on the simulator: {ledger}");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn wait_for_no_live_action(&self, window: &Window, within: Duration) {
        let start = Instant::now();
        loop {
            let outbox = window.ask("list_outbox", Value::Null).await;
            if outbox["live"].as_array().unwrap().is_empty() {
                return;
            }
            assert!(start.elapsed() < within, "the outbox does not empty: {outbox}");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn saved_draft(&self, window: &Window, comment: i64) -> String {
        let card = window
            .ask("get_comment", json!({ "comment_id": comment, "version": 0 }))
            .await;
        card["draft"]["text"].as_str().unwrap_or_default().to_owned()
    }

    pub async fn wait_for_saved_draft(&self, window: &Window, comment: i64, text: &str, within: Duration) {
        let start = Instant::now();
        while self.saved_draft(window, comment).await != text {
            assert!(start.elapsed() < within, "the edit of {comment} is not kept");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// The running app. Its driver and the app end with [`Window::close`], or when dropped.
pub struct Window {
    client: Client,
    driver: Child,
}

impl Drop for Window {
    fn drop(&mut self) {
        // Already ended after `close`; after a failed assertion this ends both.
        let _ended_before = self.driver.kill();
        let _ended_before = self.driver.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Window {
    pub async fn open(desk: &Desk) -> Self {
        // Two providers are linked in; the second call in one process finds the first one's choice.
        let _chosen_before = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("MODERATO_DATA", desk.data.path())
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed (package webkit2gtk-driver)");
        // An installed package is tested by naming its program.
        let program = std::env::var("MODERATO_WINDOW_PROGRAM")
            .unwrap_or_else(|_| env!("CARGO_BIN_EXE_moderato").to_owned());
        let mut wanted = Capabilities::new();
        wanted.insert(
            "webkitgtk:browserOptions".to_owned(),
            json!({ "binary": program, "args": [] }),
        );
        let start = Instant::now();
        let client = loop {
            match ClientBuilder::rustls()
                .unwrap()
                .capabilities(wanted.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
            {
                Ok(client) => break client,
                Err(error) => {
                    assert!(start.elapsed() < Duration::from_secs(60), "no session: {error}");
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        };
        Self { client, driver }
    }

    /// Ends the session and waits for the app to end: the driver does that, and killed before it would leave the app
    /// running.
    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
        let start = Instant::now();
        while let Some(app) = self.app() {
            if start.elapsed() > Duration::from_secs(10) {
                // It may end by itself at this very moment; what counts is that it is gone in time.
                let _ended_before = Command::new("kill").arg(app.to_string()).status().unwrap();
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "the app {app} does not end"
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The process that the driver started, while it runs (proc(5): name in parentheses, state, parent).
    fn app(&self) -> Option<u32> {
        let driver = self.driver.id().to_string();
        let processes = std::fs::read_dir("/proc").unwrap();
        processes.filter_map(Result::ok).find_map(|process| {
            let id = process.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
            let mut after_name = stat.rsplit_once(')')?.1.split_whitespace();
            let is_gone = after_name.next()? == "Z";
            (!is_gone && after_name.next()? == driver).then_some(id)
        })
    }

    pub async fn wait_for(&self, css: &str, within: Duration) {
        if self
            .client
            .wait()
            .at_most(within)
            .for_element(Locator::Css(css))
            .await
            .is_err()
        {
            self.screenshot("window-failed").await;
            let page = self.client.source().await.unwrap_or_default();
            panic!(
                "{css} does not appear; the page holds {}",
                &page[..page.len().min(4_000)]
            );
        }
    }

    async fn keys(&self, actions: KeyActions) {
        self.client.perform_actions(actions).await.unwrap();
    }

    fn key(name: &str) -> char {
        match name {
            "Enter" => ENTER,
            "Escape" => ESCAPE,
            "End" => END,
            "Tab" => TAB,
            letter => letter.chars().next().unwrap(),
        }
    }

    pub async fn press(&self, name: &str) {
        let value = Self::key(name);
        let down_up = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.keys(down_up).await;
    }

    pub async fn press_with_control(&self, name: &str) {
        let value = Self::key(name);
        let chord = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: CONTROL })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: CONTROL });
        self.keys(chord).await;
    }

    pub async fn press_until(&self, name: &str, css: &str, within: Duration) {
        let start = Instant::now();
        self.press(name).await;
        while self.client.find(Locator::Css(css)).await.is_err() {
            if start.elapsed() > within {
                self.screenshot("window-failed").await;
                panic!("{css} does not appear after {name}");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Opens the palette, types the beginning of a command and runs it.
    pub async fn choose_command(&self, words: &str) {
        self.press_with_control("k").await;
        self.wait_for("[data-testid=palette] input", Duration::from_secs(30))
            .await;
        self.type_text(words).await;
        self.wait_for(
            "[data-testid=palette] [cmdk-item][aria-selected=true]",
            Duration::from_secs(30),
        )
        .await;
        self.press("Enter").await;
    }

    /// Moves the focus on by a key until it is on the element.
    pub async fn press_until_focused(&self, name: &str, testid: &str) {
        for _ in 0..20 {
            if self.focused().await == json!(testid) {
                return;
            }
            self.press(name).await;
        }
        self.screenshot("window-failed").await;
        panic!(
            "{testid} is not reached by {name}; {} is focused",
            self.focused().await
        );
    }

    async fn focused(&self) -> Value {
        let script = "return document.activeElement?.dataset?.testid ?? document.activeElement?.tagName";
        self.client.execute(script, vec![]).await.unwrap()
    }

    pub async fn type_text(&self, text: &str) {
        let mut typed = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            typed = typed
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.keys(typed).await;
    }

    /// Opens the editor by key, adds `more` at the end and returns what stands there.
    pub async fn edit_draft(&self, more: &str) -> String {
        self.press("e").await;
        self.wait_for_focus("draft-editor", Duration::from_secs(30)).await;
        self.press_with_control("End").await;
        self.type_text(more).await;
        let text = self.value_of("draft-editor").await;
        assert!(text.ends_with(more), "the edit is in the editor: {text}");
        text
    }

    async fn value_of(&self, testid: &str) -> String {
        let script = "return document.querySelector(`[data-testid=${arguments[0]}]`).value";
        self.client
            .execute(script, vec![json!(testid)])
            .await
            .unwrap()
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    async fn wait_for_focus(&self, testid: &str, within: Duration) {
        let start = Instant::now();
        loop {
            let focused = self.focused().await;
            if focused == json!(testid) {
                return;
            }
            assert!(start.elapsed() < within, "{testid} is not focused, {focused} is");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Calls the engine through the window's own bridge.
    pub async fn ask(&self, command: &str, request: Value) -> Value {
        let script = "const [command, request, done] = arguments; \
            window.__TAURI_INTERNALS__.invoke(command, { request }) \
                .then(answer => done({ answer }), error => done({ error }));";
        let said = self
            .client
            .execute_async(script, vec![json!(command), request])
            .await
            .unwrap();
        assert!(said.get("error").is_none(), "{command}: {said}");
        said["answer"].clone()
    }

    /// Everything that arrived is understood and drafted.
    pub async fn wait_until_read(&self, within: Duration) {
        let start = Instant::now();
        loop {
            let overview = self.ask("get_overview", Value::Null).await;
            let counts = &overview["counts"];
            if counts["in_work"] == 0 && counts["all"].as_i64().unwrap() >= 300 {
                return;
            }
            assert!(start.elapsed() < within, "still in work: {overview}");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn questions(&self) -> Vec<Value> {
        let request = json!({
            "queue": "needs_review", "account_id": null, "search": null, "label": null,
            "sort": "most_urgent", "after": null, "limit": 200, "fold": false
        });
        let page = self.ask("list_comments", request).await;
        page["rows"].as_array().unwrap().clone()
    }

    /// Moves down with `j` until an English question with a draft is open.
    pub async fn go_to_question_with_draft(&self) -> i64 {
        let wanted: Vec<i64> = self
            .questions()
            .await
            .iter()
            .filter(|row| {
                row["draft"] == "draft" && row["language"] == "en" && row["labels"][0]["label"] == "question"
            })
            .filter_map(|row| row["id"].as_i64())
            .collect();
        assert!(!wanted.is_empty(), "the sample has questions with drafts");
        for _ in 0..200 {
            let open = self.open_comment().await;
            if let Some(id) = open
                && wanted.contains(&id)
            {
                return id;
            }
            self.press("j").await;
            self.wait_for_other_card(open).await;
        }
        self.screenshot("window-failed").await;
        panic!("no question with a draft is reached by keyboard");
    }

    async fn open_comment(&self) -> Option<i64> {
        let script = "return document.querySelector('[data-testid=detail]')?.dataset?.comment ?? null";
        let id = self.client.execute(script, vec![]).await.unwrap();
        id.as_str().and_then(|text| text.parse().ok())
    }

    async fn wait_for_other_card(&self, before: Option<i64>) {
        let start = Instant::now();
        while self.open_comment().await == before {
            if start.elapsed() > Duration::from_secs(10) {
                self.screenshot("window-failed").await;
                panic!("the card does not change after j");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn queue_counts(&self) -> Value {
        self.ask("get_overview", Value::Null).await["counts"].clone()
    }

    /// The engine's counts and the ones on screen are as before.
    pub async fn wait_for_counts(&self, before: &Value, within: Duration) {
        let start = Instant::now();
        loop {
            let now = self.queue_counts().await;
            let shown = self
                .client
                .find(Locator::Css("[data-testid=queue-count-needs_review]"))
                .await;
            let shown = match shown {
                Ok(element) => element
                    .attr("data-count")
                    .await
                    .unwrap_or_default()
                    .unwrap_or_default(),
                Err(_) => String::new(),
            };
            if now == *before && shown.parse().ok() == before["needs_review"].as_i64() {
                return;
            }
            assert!(
                start.elapsed() < within,
                "before {before}, now {now}, on screen {shown}"
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn screenshot(&self, name: &str) {
        let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        if let Ok(png) = self.client.screenshot().await {
            std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
        }
    }
}
