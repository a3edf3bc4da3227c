use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Behaviour, Call, Certificate};

/// A running server on loopback; it ends with the test's runtime.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    scheme: &'static str,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    behaviour: Mutex<Behaviour>,
    calls: Mutex<Vec<Call>>,
    connections: AtomicUsize,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
    written: AtomicUsize,
}

impl HttpServer {
    /// Speaks plain HTTP.
    pub async fn start(behaviour: Behaviour) -> Self {
        Self::listen(behaviour, None).await
    }

    /// Speaks HTTPS with this certificate.
    pub async fn start_tls(behaviour: Behaviour, certificate: &Certificate) -> Self {
        Self::listen(behaviour, Some(certificate.acceptor(None))).await
    }

    /// Speaks HTTPS with clients that have a certificate of this authority (PEM).
    pub async fn start_mutual_tls(behaviour: Behaviour, certificate: &Certificate, clients: &str) -> Self {
        Self::listen(behaviour, Some(certificate.acceptor(Some(clients)))).await
    }

    async fn listen(behaviour: Behaviour, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let state = Arc::new(State {
            behaviour: Mutex::new(behaviour),
            calls: Mutex::default(),
            connections: AtomicUsize::default(),
            under_way: AtomicUsize::default(),
            most_at_once: AtomicUsize::default(),
            written: AtomicUsize::default(),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => state.serve(stream).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                state.serve(stream).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, scheme, state }
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT`; no slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        match self.scheme {
            "https" => format!("https://localhost:{}", self.address.port()),
            scheme => format!("{scheme}://{}", self.address),
        }
    }

    /// From now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap() = behaviour;
    }

    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls.lock().unwrap().clone()
    }

    /// How many calls came.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.state.calls.lock().unwrap().len()
    }

    /// How many connections were made, after their TLS handshake.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// The most calls that were under way at once.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }

    /// Bytes of endless bodies that went out.
    #[must_use]
    pub fn written(&self) -> usize {
        self.state.written.load(Ordering::SeqCst)
    }
}

impl State {
    /// Serves one connection to its end.
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        let mut count = 0;
        while let Some(call) = Call::read(&mut stream, count).await {
            count += 1;
            self.calls.lock().unwrap().push(call.clone());
            let at_once = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
            let behaviour = self.behaviour.lock().unwrap().clone();
            let goes_on = behaviour.perform(&call, &mut stream, &self.written).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if !goes_on {
                return;
            }
        }
    }
}
