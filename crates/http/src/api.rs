//! The routes, and what each group of them needs.

use std::sync::Arc;

use application::ports::{MailArchive, Random};
use application::{
    Authenticate, CancelRequest, ConsumeToken, OpenLink, RequestReset, ResendLink, SetNewPassword,
};
use axum::extract::FromRef;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};
use bytes::Bytes;
use ipnetwork::IpNetwork;
use tower::ServiceExt;

use crate::edge::{AccessLogLevel, Edge, EdgeShared};
use crate::pages::{self, ResetPages};
use crate::reference::docs::Reference;
use crate::reference::{docs, errors, openapi};
use crate::routes::health::{self, Readiness};
use crate::routes::root::{self, Signpost};
use crate::routes::{
    self, consume_token, mailbox, pictures, ping, reset_password, sandbox_mail, set_new_password,
};
use crate::{html, public_url};

/// Everything the surface is made of. A handler sees no more of it than its signature names.
pub struct Api {
    /// Checks API keys.
    pub authenticate: Arc<Authenticate>,
    /// Takes requests for a reset.
    pub request_reset: Arc<RequestReset>,
    /// Sets passwords.
    pub set_new_password: Arc<SetNewPassword>,
    /// Redeems tokens for platforms that keep passwords themselves.
    pub consume_token: Arc<ConsumeToken>,
    /// Looks at links.
    pub open_link: Arc<OpenLink>,
    /// Replaces dead links.
    pub resent_link: Arc<ResendLink>,
    /// Cancels requests that the customer never made.
    pub cancel: Arc<CancelRequest>,
    /// The captured mail of `DEV_` keys.
    pub sandbox: Arc<dyn MailArchive>,
    /// Captured mail for every user of this machine: the demo's alone.
    pub mailbox: Option<Arc<dyn MailArchive>>,
    /// Whether this process can do its work.
    pub readiness: Arc<dyn Readiness>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNetwork>,
    /// Where customers reach this installation, without a slash at the end. Links below its path
    /// are served with and without it: some proxies keep the path, some do not.
    pub public_url: String,
    /// For request identifiers.
    pub random: Arc<dyn Random>,
}

/// The whole surface as one router. Install the metrics recorder before: the handles are made here.
pub fn router(api: Api) -> Router {
    html::warm_up();
    let api = Arc::new(api);
    let shared = Arc::new(EdgeShared::new(api.random.as_ref(), api.trusted_proxies.clone()));
    let mut surface = Surface { router: Router::new(), shared };
    api_routes(&mut surface, &api);
    page_routes(&mut surface, &api);
    reading_routes(&mut surface, &api);
    if let Some(archive) = &api.mailbox {
        mailbox_routes(&mut surface, archive);
    }
    let edge = Edge::new(&surface.shared, "unmatched", AccessLogLevel::Info);
    let router = surface.router.fallback_service(MethodRouter::new().fallback(routes::not_found).layer(edge));
    match public_url::path(&api.public_url) {
        "" => router,
        path => {
            let path = path.to_owned();
            Router::new()
                .fallback_service(router.map_request(move |request| public_url::strip(request, &path)))
        }
    }
}

/// A router in the making: every route gets a layer that knows its template.
struct Surface {
    router: Router,
    shared: Arc<EdgeShared>,
}

impl Surface {
    fn route(&mut self, template: &'static str, methods: MethodRouter) {
        self.route_at(template, AccessLogLevel::Info, methods);
    }

    fn route_at(&mut self, template: &'static str, log_level: AccessLogLevel, methods: MethodRouter) {
        let edge = Edge::new(&self.shared, template, log_level);
        let methods = methods.fallback(routes::method_not_allowed).layer(edge);
        self.router = std::mem::take(&mut self.router).route(template, methods);
    }
}

/// What the handlers of the API choose from; each names what it takes.
#[derive(Clone)]
struct ApiState(Arc<Api>);

impl FromRef<ApiState> for Arc<Authenticate> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.0.authenticate)
    }
}

impl FromRef<ApiState> for Arc<RequestReset> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.0.request_reset)
    }
}

impl FromRef<ApiState> for Arc<SetNewPassword> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.0.set_new_password)
    }
}

impl FromRef<ApiState> for Arc<ConsumeToken> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.0.consume_token)
    }
}

impl FromRef<ApiState> for Arc<dyn MailArchive> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.0.sandbox)
    }
}

fn api_routes(surface: &mut Surface, api: &Arc<Api>) {
    let routes: [(_, MethodRouter<ApiState>); 5] = [
        (reset_password::PATH, post(reset_password::handle)),
        (set_new_password::PATH, post(set_new_password::handle)),
        (consume_token::PATH, post(consume_token::handle)),
        (sandbox_mail::PATH, get(sandbox_mail::handle)),
        (ping::PATH, get(ping::handle)),
    ];
    for (template, methods) in routes {
        surface.route(template, methods.with_state(ApiState(Arc::clone(api))));
    }
}

fn page_routes(surface: &mut Surface, api: &Api) {
    let state = Arc::new(ResetPages {
        open: Arc::clone(&api.open_link),
        set_new_password: Arc::clone(&api.set_new_password),
        resent_link: Arc::clone(&api.resent_link),
        cancel: Arc::clone(&api.cancel),
        public_origin: public_url::origin(&api.public_url).to_owned(),
    });
    surface.route(pages::RESET, get(pages::open).post(pages::redeem).with_state(Arc::clone(&state)));
    surface.route(pages::RESEND, post(pages::resend).with_state(Arc::clone(&state)));
    surface.route(pages::NOT_ME, get(pages::not_me).post(pages::cancel).with_state(state));
    for template in pages::OTHERS {
        surface.route(template, get(pages::mended).post(pages::mended));
    }
}

fn reading_routes(surface: &mut Surface, api: &Api) {
    let signpost = Signpost { has_mailbox: api.mailbox.is_some() };
    surface.route(root::PATH, get(root::handle).with_state(signpost));
    surface.route(errors::INDEX, get(errors::index));
    surface.route(errors::PAGE, get(errors::page));
    let base = Some(api.public_url.as_str());
    let document = Bytes::from(crate::openapi::document(base));
    surface.route(openapi::PATH, get(openapi::handle).with_state(document));
    let key = api.authenticate.accept_sample.then_some(domain::SAMPLE_API_KEY);
    let reference = Reference { base: Arc::from(api.public_url.as_str()), key };
    surface.route(docs::PAGE, get(docs::page).with_state(reference));
    surface.route(pictures::ICON, get(pictures::icon));
    let organisations = Arc::clone(&api.open_link.organisations);
    surface.route(pictures::LOGO, get(pictures::logo).with_state(organisations));
    surface.route(docs::SCRIPT, get(docs::script));
    surface.route_at(health::HEALTHZ, AccessLogLevel::Debug, get(health::healthz));
    let readyz = get(health::readyz).with_state(Arc::clone(&api.readiness));
    surface.route_at(health::READYZ, AccessLogLevel::Debug, readyz);
}

fn mailbox_routes(surface: &mut Surface, archive: &Arc<dyn MailArchive>) {
    let guard = || middleware::from_fn(mailbox::loopback_names_only);
    let routes = [
        (mailbox::PAGE, AccessLogLevel::Info, get(mailbox::page).with_state(Arc::clone(archive))),
        // The page asks for them every few seconds.
        (mailbox::MESSAGES, AccessLogLevel::Debug, get(mailbox::messages).with_state(Arc::clone(archive))),
        (mailbox::MESSAGE_HTML, AccessLogLevel::Debug, get(mailbox::html).with_state(Arc::clone(archive))),
        (mailbox::SCRIPT, AccessLogLevel::Debug, get(mailbox::script)),
    ];
    for (template, log_level, methods) in routes {
        surface.route_at(template, log_level, methods.layer(guard()));
    }
}
