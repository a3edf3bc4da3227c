use testkit::net::{Behaviour, HttpServer};

use crate::http_client::HttpClient;
use crate::{client, post, read};

#[tokio::test]
async fn a_call_arrives_whole() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let url = format!("{}/hooks?key=1", server.url());
    assert_eq!(read(&client(), &url).await.unwrap(), (200, "{}".into()));
    let call = server.calls().remove(0);
    assert_eq!((&*call.method, &*call.path, &*call.body), ("POST", "/hooks?key=1", "hello"));
    assert_eq!(call.header("authorization"), "Bearer t0ken");
    assert_eq!(call.header("host"), server.address().to_string());
    assert!(call.header("user-agent").starts_with("resetd/"), "{call:?}");
}

#[tokio::test]
async fn any_status_is_an_answer_and_no_redirect_is_followed() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let client = client();
    for status in [200, 204, 400, 404, 409, 410, 422, 429, 500, 503] {
        server.behave(Behaviour::status(status));
        assert_eq!(post(&client, &server.url()).await.unwrap().status(), status);
    }
    for status in [301, 302, 303, 307, 308] {
        server.behave(Behaviour::redirect(status, "/elsewhere"));
        assert_eq!(post(&client, &server.url()).await.unwrap().status(), status);
    }
    assert_eq!(server.requests(), 15);
    assert!(server.calls().iter().all(|call| call.path == "/"));
}

#[tokio::test]
async fn json_is_known_by_its_content_type() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    for (content_type, is_json) in [
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/problem+json", true),
        ("text/html", false),
        ("text/json", false),
        ("application/jsonp", false),
        ("", false),
    ] {
        let headers = vec![("content-type", content_type.to_owned())];
        server.behave(Behaviour::Reply(200, headers, "{}".to_owned()));
        let answer = post(&client(), &server.url()).await.unwrap();
        assert_eq!(answer.is_json(), is_json, "{content_type}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_reads_costs_a_second_at_most() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let client = client();
    for behaviour in [Behaviour::CutBody, Behaviour::HugeBody { content_length: true }, Behaviour::SlowBody] {
        server.behave(behaviour);
        let began = std::time::Instant::now();
        let answer = post(&client, &server.url()).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.discard().await;
        assert!(began.elapsed().as_secs() < 5, "took {:?}", began.elapsed());
    }
    // What was on its way in the buffers of both sides, and not 100 MB.
    assert!(server.written() < 20_000_000, "{} bytes of the body were taken", server.written());
    server.behave(Behaviour::json("{}"));
    assert_eq!(read(&client, &server.url()).await.unwrap().0, 200, "and nothing of it is left behind");
}

#[test]
fn it_can_be_shared() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<HttpClient>();
}
