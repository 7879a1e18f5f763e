//! Names that look alike: what people would take for one another is one name. Kept as a column, so that the database
//! itself decides between two who ask at once.

use domain::Username;
use sqlx::Row;

use crate::database::{Database, errors};
use crate::{Error, Result};

/// What is equal for names that look alike: the key, in which case and the nearest look-alikes are one, and of that the
/// skeleton of Unicode's table of confusables (UTS #39 §4), which knows `rn` and `m`, 〇 and O, カ and 力, ヘ and へ; and what
/// [`nearest`] adds to it.
pub(crate) fn skeleton(name: &Username) -> String {
    of_key(&name.unique_key())
}

fn of_key(key: &str) -> String {
    // The table leads to capitals here and there.
    let text: String = unicode_security::skeleton(key).map(nearest).collect();
    text.to_lowercase()
}

/// What the table leaves apart. It takes 丨 for a stroke of Chinese only, and 一 and ー for no dash, which among Latin letters
/// are not told from l and `-`; the key has `_` for that. Of kana it lacks some that look like Han or like the other
/// kana, and those that differ from others in size alone. What differs within one script, as シ and ツ, its readers tell apart.
///
/// It sees what the skeleton is made of: ガ as カ and a mark, and カ as 力 already.
const fn nearest(c: char) -> char {
    match c {
        '丨' => 'l',
        'ー' => '_',
        'ォ' | 'オ' => '才',
        'サ' => '艹',
        'シ' => '氵',
        'セ' => '七',
        'チ' => '千',
        'ヌ' => '又',
        'ミ' => '三',
        'メ' => '乂',
        'ル' => '儿',
        'リ' | '刂' => 'り',
        // ㅁ at the beginning of a syllable.
        '\u{1106}' => '口',
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        'ァ' => 'ア',
        'ィ' => '亻',
        'ゥ' => 'ウ',
        'ェ' => '工',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => '彐',
        'ヮ' => 'ワ',
        'ヵ' => '力',
        'ヶ' => 'ケ',
        other => other,
    }
}

impl Database {
    /// Fills in what a version before this one did not write. Of two names that look alike and were both taken before, the
    /// one that came second keeps an entry that no name can have, and both stay.
    ///
    /// # Errors
    /// When the database fails; what was filled in before stays.
    pub(crate) async fn fill_skeletons(&self) -> Result<()> {
        loop {
            let rows = sqlx::query(
                "SELECT id, username FROM users WHERE username_skeleton IS NULL ORDER BY created_at, id LIMIT 500",
            )
            .fetch_all(self.read())
            .await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let (id, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
                // A name that would be refused today looks like itself.
                let wanted = Username::parse(&name).map_or_else(|_| name.clone(), |name| skeleton(&name));
                match self.fill_skeleton(&id, &wanted).await {
                    Err(Error::Database(error)) if errors::violated(&error).is_some() => {
                        self.fill_skeleton(&id, &format!("{wanted} {id}")).await?;
                    }
                    outcome => outcome?,
                }
            }
        }
    }

    async fn fill_skeleton(&self, id: &str, skeleton: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE users SET username_skeleton = $2 WHERE id = $1 AND username_skeleton IS NULL")
            .bind(id)
            .bind(skeleton)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> String {
        skeleton(&Username::parse(name).expect(name))
    }

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for (one, other) in [
            ("admin", "ADMIN"),
            ("admin", "adm1n"),
            ("admin", "admln"),
            ("modern", "rnodern"),
            ("burn-it", "bum_1t"),
            ("root", "r00t"),
            ("a丨丨ce", "allce"),
            ("ｌｉｎｗｅｉ", "linwei"),
            ("burn-it", "burn一it"),
            ("burn-it", "burnーit"),
            ("王一博本人", "王ー博本人"),
            ("へへへへ", "ヘヘヘヘ"),
            ("べべぺぺ", "ベベペペ"),
            ("りりかる", "リりかる"),
            ("山口ひろ", "山ロひろ"),
            ("力力夕夕", "カカタタ"),
            ("二八工卜", "ニハエト"),
            ("千才又三", "チオヌミ"),
            ("乂儿匕厶", "メルヒム"),
            ("きょうと", "きようと"),
            ("ショップ", "シヨツプ"),
            ("ヵフェオ", "力フ工才"),
            ("佐々木〇", "佐々木O"),
            ("佐々木〇", "佐々木0"),
            ("口l本の人", "口丨本の人"),
            ("ﾊﾞﾅﾅﾊﾟﾝ", "バナナパン"),
        ] {
            assert_eq!(of(one), of(other), "{one} {other}");
        }
        for (one, other) in [
            ("admin", "adman"),
            ("张三丰爸", "张三丰妈"),
            ("lin_wei", "linwei"),
            ("user_a", "user_b"),
            ("かきくけ", "カキクケ"),
            ("はははは", "ばばばば"),
            ("ばばばば", "ぱぱぱぱ"),
            ("シシシシ", "ツツツツ"),
            ("佐々木一", "佐佐木一"),
            ("홍길동님", "홍길돈님"),
        ] {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }
}
