//! What the gateway adds to a read of fifty records, against what nginx adds as a plain reverse proxy
//! in the same run. All three ways lead to the same simulator, over connections that are kept.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::figures::{Aim, Figure, median, millis};
use crate::ground::{Ground, Served, client};
use crate::process::free_port;

const ROUNDS: usize = 9;
const PER_ROUND: usize = 200;
const RECORDS: usize = 50;
const PAGE: &str = "/contacts?page[size]=50";
/// How long nginx may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// One way to the page.
struct Way {
    http: reqwest::Client,
    url: String,
    key: String,
    took: Vec<f64>,
}

pub async fn measure() -> Vec<Figure> {
    let served = Ground::prepare().await.serve().await;
    fill(&served).await;
    let simulator = served.ground.simulator.base_url();
    let nginx = Nginx::start(&served.ground.path(), &simulator).await;
    let key = countersign::simulator::DEMO_API_KEY;
    let mut direct = Way::new(&simulator, key);
    let gateway = format!("{}/itglue", served.address());
    let mut gateway = Way::new(&gateway, &served.ground.agents[0]);
    let mut proxied = nginx.as_ref().map(|nginx| Way::new(&nginx.url, key));
    for round in 0..=ROUNDS {
        let ways = [Some(&mut direct), proxied.as_mut(), Some(&mut gateway)];
        for way in ways.into_iter().flatten() {
            way.run(round > 0).await;
        }
    }
    let bare = median(&direct.took);
    let added = |way: &Way| median(&way.took) - bare;
    let figure = Figure::new("gateway, added to a read of 50", "ms", added(&gateway));
    let figure = match &proxied {
        Some(proxied) => figure.against(added(proxied)).aiming(Aim::AtMost(2.0)),
        None => figure,
    };
    served.stop().await;
    let whole = Figure::new("gateway, a read of 50", "ms", median(&gateway.took));
    vec![whole.against(bare), figure]
}

/// The simulator may have fewer contacts than a page holds.
async fn fill(served: &Served) {
    let simulator = &served.ground.simulator;
    let url = format!("{}/contacts", simulator.base_url());
    let http = client();
    for number in simulator.control().records("contacts").len()..RECORDS {
        let contact = json!({"data": {"type": "contacts", "attributes": {
            "organization-id": 2, "first-name": "Contact", "last-name": format!("Number {number}"),
        }}});
        let made = http
            .post(&url)
            .header("x-api-key", countersign::simulator::DEMO_API_KEY)
            .header("content-type", "application/vnd.api+json")
            .body(contact.to_string());
        assert_eq!(made.send().await.unwrap().status(), StatusCode::CREATED);
    }
}

impl Way {
    fn new(base_url: &str, key: &str) -> Self {
        Self {
            http: client(),
            url: format!("{base_url}{PAGE}"),
            key: key.to_owned(),
            took: Vec::new(),
        }
    }

    /// Reads so many times, one after the other; counted unless it is to warm up.
    async fn run(&mut self, is_counted: bool) {
        for _ in 0..PER_ROUND {
            let request = self.http.get(&self.url).header("x-api-key", &self.key);
            let start = Instant::now();
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let bytes = answer.bytes().await.unwrap();
            let took = start.elapsed();
            assert_eq!(status, StatusCode::OK);
            if is_counted {
                self.took.push(millis(took));
            } else {
                let page: Value = serde_json::from_slice(&bytes).unwrap();
                assert_eq!(page["data"].as_array().unwrap().len(), RECORDS);
            }
        }
    }
}

/// nginx in front of the simulator, as a process of its own with a folder of its own.
struct Nginx {
    child: Child,
    url: String,
}

impl Nginx {
    /// `None` where there is no nginx: `cargo xtask bench` looks for one and says so.
    #[expect(
        clippy::disallowed_methods,
        reason = "it is no setting of the program, but where a tool of the benchmark is"
    )]
    async fn start(folder: &Path, simulator: &str) -> Option<Self> {
        let program = std::env::var_os("COUNTERSIGN_NGINX")?;
        let folder = folder.join("nginx");
        fs::create_dir_all(&folder).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let file = folder.join("nginx.conf");
        fs::write(&file, config(&folder, address, simulator)).unwrap();
        let child = Command::new(program)
            .arg("-p")
            .arg(&folder)
            .arg("-e")
            .arg(folder.join("error.log"))
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let nginx = Self {
            child,
            url: format!("http://{address}"),
        };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "nginx does not listen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One process without a master, so nothing is left behind.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn config(folder: &Path, address: SocketAddr, simulator: &str) -> String {
    let folder = folder.display();
    let upstream = simulator.strip_prefix("http://").unwrap();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|kind| format!("{kind}_temp_path {folder}/{kind};"));
    let temporary = temporary.join("\n    ");
    format!(
        "daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {temporary}
    upstream simulator {{ server {upstream}; keepalive 4; }}
    server {{
        listen {address};
        location / {{
            proxy_pass http://simulator;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
        }}
    }}
}}
"
    )
}
