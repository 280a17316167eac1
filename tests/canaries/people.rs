//! A person with everything that is theirs alone: passwords, links, a second factor, a session.

use countersign::access::ProvenAdministrator;
use std::fmt::Write as _;
use std::time::Duration;

use countersign::access::{Enroller, Proof, SignIn, SignInError, UseLink};
use countersign::admin::Invite;
use countersign::domain::{OrganizationScope, Role};
use reqwest::Method;
use reqwest::header::COOKIE;
use secrecy::ExposeSecret as _;

use crate::Planted;
use crate::canary::Canary;
use crate::ground::{TestApp, plain_client};
use crate::witness::Witness;

const A_LITTLE: Duration = Duration::from_millis(200);

/// Joins, signs in, looks at pages, is wrong about passwords and codes, changes what can be changed.
pub async fn sign_in_and_change_everything(app: &TestApp, planted: &mut Planted) {
    let access = &app.server().state().access;
    let invitation = app
        .server()
        .state()
        .admin
        .invite_user(
            &ProvenAdministrator::operator(),
            Invite {
                email: "robin@example.com".parse().unwrap(),
                name: "Robin Vale".parse().unwrap(),
                role: Role::Technician,
                organizations: OrganizationScope::All,
            },
        )
        .await
        .unwrap();
    planted.keep("link", invitation.secret.expose_secret());
    planted
        .haystack
        .add("an invitation", format!("{invitation:?}").as_bytes());
    access
        .link(invitation.secret.expose_secret())
        .await
        .unwrap();
    let first = planted.plant("first password");
    let joined = access
        .use_link(UseLink {
            secret: invitation.secret,
            password: first.clone().into(),
            address: None,
            browser: None,
        })
        .await
        .unwrap();
    planted.keep("session", joined.cookie.reveal());

    let second = planted.plant("second password");
    let person = access
        .person_by_session(joined.cookie.reveal(), None)
        .await
        .unwrap();
    let changed = access
        .change_password(&person, first.into(), second.clone().into())
        .await
        .unwrap();
    planted.keep("session after a change", changed.cookie.reveal());
    wrong_tries(app, planted).await;
    let cookie = signed_in(app, planted, &second).await;
    let cookie = second_factor(app, planted, &cookie, &second).await;
    pages(app, planted, &cookie).await;
}

/// Forms with what is wrong in them.
async fn wrong_tries(app: &TestApp, planted: &mut Planted) {
    let witness = Witness::of(app.caller("none"));
    for (email, name) in [
        ("robin@example.com", "wrong password"),
        ("nobody@example.com", "password of nobody"),
    ] {
        let password = planted.plant(name);
        let form = [
            ("email", email),
            ("password", password.as_str()),
            ("next", "/"),
        ];
        witness
            .hears("/web/sign_in", form_of(app, "/web/sign_in", &form))
            .await;
    }
    let typed_as_name = planted.plant("password typed into the wrong field");
    let form = [
        ("email", typed_as_name.as_str()),
        ("password", "x"),
        ("next", "/"),
    ];
    witness
        .hears("/web/sign_in", form_of(app, "/web/sign_in", &form))
        .await;
    witness.testify(&mut planted.haystack);
}

fn form_of(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", escaped(value)));
    let pairs: Vec<String> = pairs.collect();
    plain_client()
        .post(app.address(path))
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(pairs.join("&"))
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        escaped
    })
}

async fn signed_in(app: &TestApp, planted: &mut Planted, password: &str) -> String {
    // Whoever was wrong has to wait a little.
    let signed_in = loop {
        let request = SignIn {
            email: "robin@example.com".to_owned(),
            password: password.to_owned().into(),
            address: None,
            browser: None,
            mark: None,
        };
        match app.server().state().access.sign_in(request).await {
            Err(SignInError::Wait { .. }) => tokio::time::sleep(A_LITTLE).await,
            signed_in => break signed_in.unwrap(),
        }
    };
    planted
        .haystack
        .add("a sign-in", format!("{signed_in:?}").as_bytes());
    if let Some(mark) = &signed_in.mark {
        planted.keep("mark of a browser", mark);
    }
    planted.keep("session of a sign-in", signed_in.cookie.reveal());
    signed_in.cookie.reveal().to_owned()
}

async fn second_factor(
    app: &TestApp,
    planted: &mut Planted,
    cookie: &str,
    password: &str,
) -> String {
    let access = &app.server().state().access;
    let person = access.person_by_session(cookie, None).await.unwrap();
    let proof = Proof::Password(password.to_owned().into());
    let stepped_up = access.step_up(&person, proof).await.unwrap();
    planted.keep("session after a proof", stepped_up.cookie.reveal());
    let cookie = stepped_up.cookie.reveal();
    let person = access.person_by_session(cookie, None).await.unwrap();
    let offer = access
        .offer_factor(Enroller::Person(&person))
        .await
        .unwrap();
    planted
        .haystack
        .add("an offer", format!("{offer:?}").as_bytes());
    let seed = offer.seed.expose_secret().replace(' ', "");
    planted.keep("TOTP seed", &seed);
    let bytes = from_base32(&seed);
    planted
        .canaries
        .push(Canary::of("TOTP seed as bytes", &bytes));
    let wrong = access
        .confirm_factor(Enroller::Person(&person), "000000")
        .await;
    planted
        .haystack
        .add("a wrong code", format!("{wrong:?}").as_bytes());
    let second = app.server().state().clock.now().as_millis() / 1000;
    let code = code_of(&bytes, second);
    let enrolled = access
        .confirm_factor(Enroller::Person(&person), &code)
        .await
        .unwrap();
    planted
        .haystack
        .add("an enrolment", format!("{enrolled:?}").as_bytes());
    for recovery_code in &enrolled.recovery_codes {
        planted.keep("recovery code", recovery_code.expose_secret());
    }
    planted.keep(
        "session after the factor",
        enrolled.signed_in.cookie.reveal(),
    );
    enrolled.signed_in.cookie.reveal().to_owned()
}

/// Every page a person opens, with the session.
async fn pages(app: &TestApp, planted: &mut Planted, cookie: &str) {
    let witness = Witness::of(app.caller("none"));
    let mut paths = vec![
        "/queue".to_owned(),
        "/history".to_owned(),
        "/account".to_owned(),
    ];
    for number in 1..=6 {
        for page in ["", "/approve", "/reject"] {
            paths.push(format!("/p/{number}{page}"));
        }
    }
    for path in paths {
        let request = app.request(Method::GET, &path);
        let request = request.header(COOKIE, format!("cs_dev={cookie}"));
        witness.hears(&path, request).await;
    }
    witness.testify(&mut planted.haystack);
}

fn from_base32(text: &str) -> Vec<u8> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let five = LETTERS.iter().position(|known| *known == letter).unwrap();
        bits = bits << 5 | u32::try_from(five).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap());
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// The code of the app at this second (RFC 6238).
fn code_of(seed: &[u8], second: i64) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(seed).unwrap();
    mac.update(&(second / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let number = hash[offset..offset + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}
