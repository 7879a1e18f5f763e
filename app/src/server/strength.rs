//! How hard a password is to guess, in words, and the script that asks while somebody types.

use drive::{Strength, Weakness};

use super::{Context, show};
use crate::Failure;
use crate::actions::passwords::StrengthAnswer;
use crate::i18n::fill;
use crate::sheets::SettingsTexts;

/// How hard a password is to guess, for the script that asks.
pub(crate) async fn strength_of(
    password: &str,
    username: &str,
    email: &str,
) -> Result<StrengthAnswer, Failure> {
    let t = SettingsTexts::of(super::letter::language_of_request());
    let outcome = async {
        let strength = Context::current()?.drive.strength(password, username, email).await;
        let strength = strength.map_err(|error| error.to_app_error())?;
        Ok(StrengthAnswer { score: strength.score, text: in_words(t, strength) })
    };
    show(outcome.await)
}

/// How hard it is to guess, and why if it is easy.
pub(crate) fn in_words(t: &SettingsTexts, strength: Strength) -> String {
    let words = [t.strength_0, t.strength_1, t.strength_2, t.strength_3, t.strength_4];
    let word = words.get(usize::from(strength.score)).copied().unwrap_or(t.strength_4);
    let text = fill(t.strength, &[("word", word)]);
    match strength.weakness.map(|weakness| why(t, weakness)) {
        Some(why) if strength.score < 3 => fill(t.strength_why, &[("strength", &text), ("why", why)]),
        _ => text,
    }
}

const fn why(t: &SettingsTexts, weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::Common => t.weak_common,
        Weakness::Keyboard => t.weak_keyboard,
        Weakness::Repeat => t.weak_repeat,
        Weakness::Sequence => t.weak_sequence,
        Weakness::Date => t.weak_date,
        Weakness::Word => t.weak_word,
        Weakness::Name => t.weak_name,
    }
}

/// Asks how hard the password in an input with `data-strength` is to guess, a moment after the last key, and shows it beneath.
/// An answer to what is no longer typed is dropped. Part of the document, under its nonce: a line for all pages where a
/// password is chosen, sheets that come later included.
pub(crate) const LIVE_STRENGTH: &str = "addEventListener('input',e=>{let i=e.target;\
if(!i.matches||!i.matches('[data-strength]'))return;let o=document.getElementById(i.id+'-strength'),v=i.value;\
clearTimeout(i.strength);if(!v){o.hidden=true;return}i.strength=setTimeout(async()=>{let b=new URLSearchParams({password:v});\
for(let n of['username','email']){let f=i.form.elements[n];b.set(n,f?f.value:'')}\
try{let r=await fetch('/form/strength',{method:'POST',body:b,headers:{Accept:'application/json'}});if(!r.ok)return;\
let s=await r.json();if(i.value!==v)return;o.querySelector('meter').value=s.score;\
o.querySelector('span').textContent=s.text;o.hidden=false}catch(_){}},300)});";
