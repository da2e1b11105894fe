//! Owns the connections to one resource, direct or through a proxy; knows nothing of credentials and attempts.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Request, Uri};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tower_service::Service;

use super::{CONNECT_TIMEOUT, USER_AGENT as AGENT};
use crate::{Endpoint, Error};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Direct = HttpsConnector<HttpConnector>;
type Proxied = HttpsConnector<Tunnel<Direct>>;

const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const KEEP_ALIVE_RETRIES: u32 = 3;
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// The connections to one resource, kept open between requests.
pub(crate) struct Connections {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    route: Route,
}

/// How the resource is reached.
enum Route {
    Direct(Client<Timed<Direct>, Full<Bytes>>),
    Proxied(Client<Timed<Proxied>, Full<Bytes>>),
}

impl Connections {
    /// Prepares connections to an endpoint through the system's proxy, if it has one for it; opens none.
    pub(super) fn new(endpoint: &Endpoint, tls: ClientConfig) -> Result<Self, Error> {
        let matcher = (!endpoint.is_loopback()).then(Matcher::from_system);
        Self::through(endpoint, tls, matcher.as_ref())
    }

    fn through(
        endpoint: &Endpoint,
        tls: ClientConfig,
        proxies: Option<&Matcher>,
    ) -> Result<Self, Error> {
        let uri: Uri = endpoint
            .as_str()
            .parse()
            .map_err(|why| Error::config("the endpoint cannot be sent to").with_source(why))?;
        let tls = Arc::new(tls);
        let direct: Direct = HttpsConnector::from((tcp(), Arc::clone(&tls)));
        let route = match proxies.and_then(|proxies| proxies.intercept(&uri)) {
            None => Route::Direct(client(direct)),
            Some(proxy) => Route::Proxied(client(tunnel(direct, tls, &proxy))),
        };
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(Error::config("the endpoint has no host"));
        };
        let host = HeaderValue::from_str(endpoint.authority())
            .map_err(|why| Error::config("the endpoint cannot be sent to").with_source(why))?;
        Ok(Self {
            scheme,
            authority,
            host,
            route,
        })
    }

    /// Sends a request; the answer's body is yet to be read.
    pub(crate) fn send(
        &self,
        method: Method,
        target: PathAndQuery,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> ResponseFuture {
        headers.insert(HOST, self.host.clone());
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = Some(target);
        // These three are whole; without them the client would refuse the request.
        *request.uri_mut() = Uri::from_parts(uri).unwrap_or_default();
        match &self.route {
            Route::Direct(client) => client.request(request),
            Route::Proxied(client) => client.request(request),
        }
    }
}

fn client<C>(connector: C) -> Client<Timed<C>, Full<Bytes>>
where
    Timed<C>: hyper_util::client::legacy::connect::Connect + Clone,
{
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build(Timed(Arc::new(connector)))
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(KEEP_ALIVE));
    tcp.set_keepalive_interval(Some(KEEP_ALIVE));
    tcp.set_keepalive_retries(Some(KEEP_ALIVE_RETRIES));
    #[cfg(any(target_os = "android", target_os = "linux"))]
    tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    tcp
}

/// A tunnel through a proxy, with TLS inside of it.
fn tunnel(direct: Direct, tls: Arc<ClientConfig>, proxy: &Intercept) -> Proxied {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let mut tunnel = Tunnel::new(proxy.uri().clone(), direct).with_headers(headers);
    if let Some(credential) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(credential.clone());
    }
    HttpsConnector::from((tunnel, tls))
}

/// Gives up on connections that take too long.
struct Timed<C>(Arc<C>);

impl<C> Clone for Timed<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> Service<Uri> for Timed<C>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Error: Into<BoxError>,
    C::Future: Send,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let mut connector = C::clone(&self.0);
        let connecting = async move {
            poll_fn(|context| connector.poll_ready(context))
                .await
                .map_err(Into::into)?;
            connector.call(to).await.map_err(Into::into)
        };
        Box::pin(async move {
            let connected = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await;
            connected.unwrap_or_else(|_| Err("connecting took too long".into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    fn send(connections: &Connections) -> ResponseFuture {
        let target = PathAndQuery::from_static("/x?a=b");
        connections.send(Method::GET, target, HeaderMap::new(), Bytes::new())
    }

    #[tokio::test]
    async fn https_goes_through_a_tunnel_of_the_proxy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                head.push(byte[0]);
            }
            stream.write_all(b"HTTP/1.1 403 No\r\n\r\n").unwrap();
            String::from_utf8(head).unwrap().to_lowercase()
        });
        let matcher = Matcher::builder()
            .https(format!("http://user:word@{address}"))
            .build();
        let endpoint: Endpoint = "https://x.communication.azure.com".parse().unwrap();
        let tls = super::super::plain_config().unwrap();
        let connections = Connections::through(&endpoint, tls, Some(&matcher)).unwrap();
        assert!(send(&connections).await.unwrap_err().is_connect());
        let asked = proxy.join().unwrap();
        for line in [
            "connect x.communication.azure.com:443 http/1.1\r\n",
            "proxy-authorization: basic dxnlcjp3b3jk\r\n",
            "user-agent: teams-phone/",
        ] {
            assert!(asked.contains(line), "{asked}");
        }
    }

    #[test]
    fn the_local_machine_is_reached_without_a_proxy() {
        let endpoint: Endpoint = "http://127.0.0.1:1".parse().unwrap();
        let tls = super::super::plain_config().unwrap();
        let connections = Connections::new(&endpoint, tls).unwrap();
        assert!(matches!(connections.route, Route::Direct(_)));
    }
}
