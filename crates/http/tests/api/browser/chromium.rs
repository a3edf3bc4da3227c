//! A browser of its own for each test, driven by the Chrome DevTools Protocol.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::websocket::WebSocket;

static NUMBER: AtomicU32 = AtomicU32::new(0);

pub struct Chromium {
    process: Child,
    profile: PathBuf,
    socket: WebSocket,
    session: String,
    next: u64,
}

impl Chromium {
    pub async fn start(program: &str) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let profile =
            std::env::temp_dir().join(format!("resetd-http-chromium-{}-{number}", std::process::id()));
        let process = Command::new(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-port=0",
                "--no-first-run",
            ])
            .args(["--disable-background-networking", "--disable-component-update"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let port_file = profile.join("DevToolsActivePort");
        let mut told = String::new();
        for _ in 0..300 {
            told = std::fs::read_to_string(&port_file).unwrap_or_default();
            if told.lines().count() == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (port, path) = told.split_once('\n').unwrap_or_else(|| panic!("no debugger within 30 seconds"));
        let socket = WebSocket::connect(&format!("ws://127.0.0.1:{port}{path}")).await;
        let mut browser = Self { process, profile, socket, session: String::new(), next: 0 };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session =
            browser.call("Target.attachToTarget", attach).await["sessionId"].as_str().unwrap().to_owned();
        browser.call("Page.enable", json!({})).await;
        browser
    }

    /// One call of the protocol.
    pub async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// One call of the protocol, which may be refused.
    async fn try_call(&mut self, method: &str, parameters: Value) -> Result<Value, String> {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(&message.to_string()).await;
        loop {
            let received =
                tokio::time::timeout(Duration::from_secs(20), self.socket.receive()).await.unwrap();
            let mut received: Value = serde_json::from_str(&received).unwrap();
            if received["id"] == self.next {
                return match &received["error"] {
                    Value::Null => Ok(received["result"].take()),
                    error => Err(error.to_string()),
                };
            }
        }
    }

    pub async fn without_scripts(&mut self) {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    pub async fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url })).await;
        self.until("document.readyState", "complete").await;
    }

    /// What an expression of the page comes to, as text.
    pub async fn eval(&mut self, expression: &str) -> String {
        self.try_eval(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn try_eval(&mut self, expression: &str) -> Result<String, String> {
        let parameters = json!({ "expression": format!("String({expression})"), "returnByValue": true });
        let result = self.try_call("Runtime.evaluate", parameters).await?;
        Ok(result["result"]["value"].as_str().map_or_else(|| result.to_string(), str::to_owned))
    }

    /// What a promise of the page comes to, as text.
    pub async fn settled(&mut self, expression: &str) -> String {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", parameters).await;
        result["result"]["value"].as_str().map_or_else(|| result.to_string(), str::to_owned)
    }

    /// Shows the page in this width and colour scheme.
    pub async fn emulate(&mut self, width: u32, scheme: &str) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", media).await;
    }

    /// Waits until an expression comes to something that holds `text`; at most ten seconds.
    #[track_caller]
    pub fn until<'a>(&'a mut self, expression: &'a str, text: &'a str) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let mut last = String::new();
            for _ in 0..100 {
                // A page that is being left answers with an error.
                last = self.try_eval(expression).await.unwrap_or_else(|error| error);
                if last.contains(text) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            panic!("{place}: {expression} is still {last}, not {text}");
        }
    }

    /// Types as a keyboard does, into what has the focus.
    pub async fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    pub async fn press(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let parameters =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", parameters).await;
        }
    }

    pub async fn tab(&mut self) {
        self.press("Tab", 9).await;
    }

    pub async fn enter(&mut self) {
        self.press("Enter", 13).await;
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.start_kill();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
