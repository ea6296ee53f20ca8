"""Sentences of Hebrew and English: tables of tricky cases, and the laws of every segmentation.

In the tables "‖" stands where a sentence must end; every other place must not be cut.
"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.errors import SettingError
from mt.segment import LANGUAGES, Sentence, segment
from mt.segment.lines import wrap_width

HEBREW = {
    # Gershayim and geresh, with ASCII and Hebrew marks.
    "gershayim inside words": 'ד"ר לוי ועו"ד כהן נפגשו בארה"ב.‖ הם דנו בעסקה.',
    "hebrew gershayim": "מנכ״ל החברה פגש את רה״מ.‖ הפגישה נמשכה שעה.",
    "acronym ends the sentence": 'הכוח הועבר לפיקוד צה"ל.‖ הפעולה הושלמה.',
    "hebrew acronym ends the sentence": "הסיוע מגיע מארה״ב.‖ הקונגרס אישר אותו.",
    "acronym with a suffix": 'הח"כים דחו את ההצעה.‖ השרים תמכו בה.',
    "professor with geresh": "פרופ' רות שמיר כתבה את הדוח.‖ הוא פורסם אתמול.",
    "professor with a stop": "פרופ. רות שמיר כתבה את הדוח.‖ הוא פורסם אתמול.",
    "prefixed professor": "הדברים נמסרו לפרופ. דן ארד בכנס.‖ איש לא הגיב.",
    "page and number with geresh": "ראו עמ' 12, מס' 4 בסדרה.‖ שם מובא ההסבר.",
    "page with a stop": "ראו עמ. 12 בדוח.‖ שם מובא ההסבר.",
    "number with a stop": "החלטה מס. 17 אושרה.‖ היא תיכנס לתוקף מחר.",
    "the word tax is no label": "על היבוא הוטל מס.‖ הסוחרים מחו.",
    "telephone": "לפרטים טל. 03-5551234 בשעות הבוקר.‖ אין קבלת קהל.",
    "etcetera before a stop": "נבדקו מכס, מסים וכו'.‖ הממצאים יפורסמו.",
    "etcetera inside": "נבדקו מכס, מסים וכו' בכל המעברים.‖ הממצאים יפורסמו.",
    "and so on": "ארגונים, עמותות וכד'.‖ כולם הוזמנו.",
    "mrs with geresh": "גב' אורית לב ור' משה אלון נאמו.‖ הקהל הריע.",
    "street": "הכתובת היא רח. הרצל 5, חיפה.‖ הכניסה מן החצר.",
    "dotted acronym": "יש לציין ת.ז. ומספר דרכון.‖ בלעדיהם לא תטופל הבקשה.",
    "kilometre with stops": "המרחק הוא 15 ק.מ. מהגבול.‖ הנסיעה קצרה.",
    # Initials and lettered names.
    "two initials": "א. ב. יהושע פרסם רומן.‖ הוא זכה בפרס.",
    "initials without a space": "א.ב. יהושע פרסם רומן.‖ הוא זכה בפרס.",
    "initial inside": "הסופר ש. יזהר נולד ברחובות.‖ הוא היה גם חבר כנסת.",
    "prefixed poet": "בשירת ח. נ. ביאליק יש כאב.‖ היא נלמדת בבתי הספר.",
    "letter of a class": "הילדים עלו לכיתה א.‖ הוריהם התרגשו.",
    "letter of a section": "הטענה נדונה בסעיף ב.‖ בית המשפט דחה אותה.",
    "latin letter": "חסר לו ויטמין D.‖ הרופא רשם תוסף.",
    "english initials": "הספר של J. R. Miller תורגם.‖ הוא נמכר היטב.",
    # Numbers, dates, times, versions.
    "decimal": "הגירעון הגיע ל-3.5 אחוזים.‖ האוצר הופתע.",
    "decimal at the end": "המדד עלה ב-0.7.‖ הריבית נותרה.",
    "thousands": "הוקצו 1,250,000 ש״ח.‖ הכסף טרם הועבר.",
    "date": "ההסכם נחתם ב-26.11.2022 בבאקו.‖ הוא אושרר מיד.",
    "date at the end": "ההסכם נחתם ב-26.11.2022.‖ הוא אושרר מיד.",
    "spaced date": "ההסכם נחתם ב-26. 11. 2022 בבאקו.‖ הוא אושרר מיד.",
    "short date": "הדיון נקבע ל-5.3.‖ הנאשם לא יתייצב.",
    "year at the end": "היחסים כוננו ב-1992.‖ השגרירות נפתחה מאוחר יותר.",
    "time": "הישיבה נפתחה ב-10.30 ונעלה ב-12:45.‖ לא התקבלה החלטה.",
    "range": "בשנים 2019.–2021 נרשמה ירידה.‖ אחר כך באה התאוששות.",
    "version": "הותקנה גרסה 2.14.1 של התוכנה.‖ התקלה תוקנה.",
    "clause of a law": "לפי סעיף 12.3.1 לחוק, הבקשה תידחה.‖ ניתן לערער.",
    "percent": "השיעור ירד ל-4%.‖ זהו שפל חדש.",
    # Question and exclamation marks.
    "question": "מה יעשה נסיך הכתר?‖ איש אינו יודע.",
    "exclamation": "די!‖ הגיעה העת לשינוי.",
    "run of marks": "האומנם?!‖ קשה להאמין.",
    "three exclamation marks": "ניצחנו!!!‖ הקהל פרץ לכיכר.",
    "mark in brackets": "הוא דרש (!) פיצוי של מיליון.‖ הבקשה נדחתה.",
    "question mark in brackets": "המלך נולד ב-1120 (?) בעכו.‖ אביו נפל בשבי.",
    "a name with its mark": "חברת יאהו! נרכשה.‖ המחיר לא פורסם.",
    # Ellipses.
    "ellipsis goes on": "הוא חשב... ואז ענה.‖ השתררה דממה.",
    "ellipsis with a connective": "הצעה טובה… אבל לא עכשיו.‖ נחכה.",
    "ellipsis ends": "איש לא ידע מה יקרה...‖ למחרת פרצה המלחמה.",
    "spaced ellipsis": "חברה פתוחה, מתקדמת ... ובעיקר חופשית.‖ כך אמר.",
    "omission in brackets": "הוא כתב כי ״הדרך [...] עודנה ארוכה״.‖ הנאום שודר.",
    # Quotations.
    "quotation closes before the stop": 'השר אמר: "נפעל מיד".‖ האופוזיציה מחתה.',
    "stop before the closing mark": 'השר אמר: "נפעל מיד."‖ האופוזיציה מחתה.',
    "several sentences of speech": 'השר אמר: "נפעל מיד.‖ לא נמתין".‖ האופוזיציה מחתה.',
    "question and its speaker": '"לאן הולכים?" שאל הנער.‖ איש לא ענה.',
    "question, dash, speaker": '"לאן הולכים?" – שאל הנער.‖ איש לא ענה.',
    "title with a question mark": 'המאמר "לאן?" עורר ויכוח.‖ הוא תורגם.',
    "two quoted questions": 'נשאלו "מי?" ו"מתי?" בזה אחר זה.‖ לא ניתנה תשובה.',
    "short title with a stop": 'הסרט "לילה. יום" זכה בפרס.‖ הבמאי נעדר.',
    "typographic quotation marks": "היא הודיעה: „לא אתפטר.”‖ הקואליציה התפרקה.",
    "hebrew quotation marks": "היא הודיעה: ״לא אתפטר.״‖ הקואליציה התפרקה.",
    "colon before a quotation": 'כותרת הספר: "שלום קר".‖ הוא יצא ב-2019.',
    "question mark, quotation mark, stop": 'בסוף המאמר נשאל "לאן?".‖ אין תשובה.',
    # Brackets.
    "stop inside an aside": "המסמך (שנחתם בידי ד. לוי. ונשמר) אבד.‖ העתק נמצא.",
    "aside before the stop": "נחתם הסכם (ראו נספח).‖ הוא סודי.",
    "sentence in brackets": "נחתם הסכם.‖ (ראו את הנספח.)‖ הוא סודי.",
    "bracket that never closes": "נחתם הסכם (ראו נספח.‖ הוא סודי.‖ איש לא ראה אותו.",
    # Colons and semicolons.
    "semicolon": "הממשלה אישרה; הכנסת דחתה.‖ המשבר העמיק.",
    "colon of a law": "חוק יסוד: הכנסת תוקן.‖ התיקון שנוי במחלוקת.",
    "colon before a list": "שלוש ערים ייפגעו: חיפה, עכו ונהריה.‖ ההיערכות החלה.",
    "colon before a clause": "ישנן שתי דרכים לפעולה:‖ הממשלה יכולה לפעול לבדה אך היא תתקשה בכך.",
    # List markers.
    "numbered item": "1. הממשלה תאשר את התקציב.‖ הכנסת תצביע.",
    "lettered item": "א. הממשלה תאשר את התקציב.‖ הכנסת תצביע.",
    "item numbers after a colon": "הוחלט כך: 1. להקים ועדה.‖ 2. למנות יושב ראש.",
    "bracketed item": "(1) הממשלה תאשר את התקציב.‖ (2) הכנסת תצביע.",
    # Missing spaces, footnotes, addresses.
    "missing space": "הדיון הסתיים.‖הממשלה אישרה את ההסכם.",
    "missing space after a question": "מה הלאה?‖הממשלה שותקת.",
    "missing space before a quotation": 'הדיון הסתיים.‖"לא נוותר", אמר השר.',
    "missing space after a quotation": 'הוא אמר "לא".‖הדיון הסתיים.',
    "missing space after a year": "כך היה ב-2021.‖הממשלה לא פעלה.",
    "missing space before a prefix and number": "הדיון הסתיים.‖ב-2022 הוא חודש.",
    "footnote digit": "הצדדים הגיעו להסכם.3‖ הממשלה אישרה אותו.",
    "two footnotes": 'כך קבע בג"ץ.3,4‖ הממשלה ערערה.',
    "footnote in brackets": "הצדדים הגיעו להסכם.[12]‖ הממשלה אישרה אותו.",
    "raised footnote": "הצדדים הגיעו להסכם.¹²‖ הממשלה אישרה אותו.",
    "address": "הטופס נמצא באתר example.co.il בלבד.‖ אין צורך בחתימה.",
    "address at the end": "הטופס נמצא באתר www.example.org.il.‖ אין צורך בחתימה.",
    "full address": "ראו https://example.org/a.b?q=1.2 לפרטים.‖ הקישור פעיל.",
    "mail": "כתבו אל info@example.org.‖ נשיב בתוך יום.",
    "hebrew address": "האתר שלום.קום נסגר.‖ הבעלים נעלמו.",
    "mark of direction after the stop": "ההסכם נחתם ב-2020.\u200f‖ הוא בתוקף.",
    # English inside Hebrew.
    "company": "חברת Acme Inc. נרכשה.‖ העובדים פוטרו.",
    "dotted english": "ממשלת ה-U.S. הודיעה על סיוע.‖ הסנאט אישר.",
    "english lower case": "הקובץ config.json נמחק.‖ המערכת קרסה.",
    "for example": "מערכות הגנה, e.g. כיפת ברזל, הוצבו.‖ הן פעלו.",
    "english sentence": "הכותרת הייתה We Shall Not Move.‖ היא צוטטה.",
    # Headings that lost their line.
    "article again": "כך נכתב בדוח.‖ סיכונים‖ הסיכונים של התוכנית ידועים לכול.",
    "frame of time": "כך נכתב בדוח.‖ רקע היסטורי‖ בשנת 1948 הוקמה המדינה ונפתחו הגבולות.",
    "phrase again": "כך נכתב בדוח.‖ תורת המשחקים בכלכלה‖ תורת המשחקים היא ענף של המתמטיקה.",
    "last word again": "כך נכתב בדוח.‖ הנהגת הדת באיראן‖ איראן היא רפובליקה אסלאמית מאז המהפכה.",
    "unknown title before a year": "כך נכתב בדוח.‖ קרינה במרכז הגלקסיה‖ באפריל 2014 פרסמה קבוצת חוקרים מאמר.",
    "relative clause before a year": "מחקר שנערך בשנת 2018 העריך את היקף התופעה.‖ הוא נגנז.",
    "verb before a frame of time": "הסכם חדש אושר בשנת 2019 ונכנס לתוקף מיד.‖ איש לא מחה.",
    "no heading": "מלחמת לבנון פרצה בשנת 1982 ונמשכה שנים.‖ צה״ל נסוג לבסוף.",
    "construct state is no heading": "מסקנות הוועדה הוגשו לשר הביטחון אתמול בערב.",
}

ENGLISH = {
    "plain": "The talks failed.‖ Nobody was surprised.",
    "doctor and mister": "Dr. Levi met Mr. Cohen and Mrs. Bar in Haifa.‖ They talked.",
    "professor": "The report by Prof. Shamir appeared.‖ It was long.",
    "initials": "J. R. Smith wrote it.‖ He regrets it.",
    "initials without a space": "J.R. Smith wrote it.‖ He regrets it.",
    "middle initial": "John F. Kennedy spoke.‖ The crowd cheered.",
    "acronym inside": "The U.S. government agreed.‖ The Senate did not.",
    "acronym at the end": "He returned to the U.S.‖ The visit was over.",
    "longer acronym": "He moved to the U.S.A. in 1990.‖ She stayed.",
    "for example": "Some states, e.g. Jordan, abstained.‖ Others voted.",
    "that is": "The regime, i.e. the council, resigned.‖ Elections followed.",
    "versus": "The case of Smith vs. Jones was closed.‖ Both appealed.",
    "number": "Resolution No. 242 was adopted.‖ It still stands.",
    "the answer no": "The answer was no.‖ He left.",
    "company inside": "Acme Inc. bought the firm.‖ Shares rose.",
    "company at the end": "It was bought by Acme Inc.‖ The price was high.",
    "limited": "Tnuva Ltd. expanded.‖ It hired staff.",
    "month": "The law took effect on Jan. 5, 2020.‖ It was amended.",
    "pages": "See pp. 12-15 and p. 40.‖ They explain it.",
    "figure": "Fig. 3 shows the decline.‖ It was steep.",
    "saint": "The convoy reached St. Petersburg.‖ It stopped there.",
    "general": "Gen. Ashkenazi and Lt. Col. Bar testified.‖ The panel listened.",
    "etcetera inside": "Tariffs, quotas, etc. were removed.‖ Trade grew.",
    "etcetera at the end": "They removed tariffs, quotas, etc.‖ The effect was small.",
    "and others": "Cohen et al. (2019) disagree.‖ They cite new data.",
    "time of day": "The vote is at 5 p.m. on Monday.‖ It may slip.",
    "time of day at the end": "The vote is at 5 p.m.‖ It may slip.",
    "doctorate": "She holds a Ph.D. from Haifa.‖ He does not.",
    "decimal": "Growth was 3.5 percent.‖ It beat forecasts.",
    "money": "It cost $1.2 million.‖ Nobody paid.",
    "version": "Version 2.0.1 is out.‖ Upgrade now.",
    "date with stops": "Signed on 26.11.2022 in Baku.‖ It holds.",
    "address": "Visit example.com for more.‖ It is free.",
    "missing space": "The talks ended.‖The cabinet met.",
    "missing space after a name": "They flew to Israel.‖The visit was short.",
    "file name": "Open main.py and run Node.js today.‖ It works.",
    "ellipsis goes on": "He paused... and spoke.‖ They listened.",
    "ellipsis ends": "He paused...‖ They waited.",
    "run of marks": "Really?!‖ Nobody knew.",
    "question and its speaker": '"Where to?" he asked.‖ No one answered.',
    "named speaker": '"Stop!" John said.‖ He stopped.',
    "stop inside the quotation": 'He said: "We will act."‖ The opposition objected.',
    "typographic quotation": "She said, “We will act.”‖ The opposition objected.",
    "several sentences of speech": 'He said: "We will act.‖ We will not wait."‖ Nobody did.',
    "aside": "The paper (see p. 4. and note) is lost.‖ A copy exists.",
    "sentence in brackets": "It was signed.‖ (See the annex.)‖ It is secret.",
    "semicolon": "The cabinet agreed; the Knesset refused.‖ A crisis followed.",
    "numbered item": "1. Approve the budget.‖ 2. Vote on it.",
    "roman item": "IV. Findings are below.‖ Read them.",
    "vitamin": "She lacks vitamin D.‖ He prescribed it.",
    "lower case brand": "Sales rose.‖ iPhone prices fell.",
    "footnote": "They signed the agreement.3‖ The cabinet approved it.",
    "exclamation in a name": "Yahoo! was sold.‖ The price fell.",
}

LINES = {
    "blank line": "כותרת המסמך\n\n‖הממשלה אישרה את התקציב.‖ הכנסת תצביע.",
    "blank line with spaces": "כותרת המסמך\n  \t\n‖הממשלה אישרה את התקציב.",
    "heading over a paragraph": f"רקע\n‖{'הממשלה דנה בעניין ' * 12}והחליטה.",
    "paragraph on each line": f"{'הממשלה דנה בעניין ' * 10}\n‖{'הכנסת דנה בעניין ' * 10}",
    "windows lines": "כותרת\r\n‖תת־כותרת\r\n‖פסקה קצרה.",
    "hard wrap": (
        "ממשלת ישראל אישרה אתמול את ההסכם שנחתם עם שכנותיה ממזרח\n"
        "ומדרום, לאחר דיון ארוך שבו הביעו כמה שרים הסתייגויות רבות\n"
        "מן הנוסח.‖ הכנסת תצביע עליו בשבוע הבא, ככל הנראה ביום שני\n"
        "בערב, אחרי ישיבת הסיעות.‖\nהאופוזיציה הודיעה כי תתנגד."
    ),
    "title wrapped with its stop": (
        "ישיבת הממשלה נפתחה בסקירה מקיפה של המצב בגבול מפי פרופ.\n"
        "כהן, ואחריה דיווחו ראשי מערכת הביטחון על ההיערכות בצפון\n"
        "ובדרום.‖ השרים לא הצביעו."
    ),
    "items under wrapped text": (
        "ממשלת ישראל אישרה אתמול את ההסכם שנחתם עם שכנותיה, ובו\n"
        "נקבעו כמה צעדים שייכנסו לתוקף מיד עם אישור הכנסת, ובהם\n"
        "‖1. פתיחת שגרירות בבירה השכנה ומינוי שגריר קבוע בה בתוך\n"
        "שנה\n‖2. ביטול אשרות הכניסה"
    ),
    "short line in wrapped text": (
        "ממשלת ישראל אישרה אתמול את ההסכם שנחתם עם שכנותיה ממזרח\n"
        "ומדרום, לאחר דיון ארוך שבו הביעו שרים הסתייגויות.‖\n"
        "סיכום\n"
        "‖ההסכם ייכנס לתוקף מיד עם אישורו בידי הכנסת ובידי הצדדים\n"
        "האחרים, אם לא יוחלט אחרת."
    ),
    "page break": "סוף עמוד\f‖תחילת עמוד",
    "bullets": "הוחלט:\n‖• להקים ועדה\n‖• למנות יושב ראש",
    "markdown": "# כותרת\n‖הממשלה אישרה את התקציב.",
}


def cases(table: dict[str, str]) -> list[object]:
    return [pytest.param(marked, id=name) for name, marked in table.items()]


def expected(marked: str) -> list[str]:
    return [part.strip() for part in marked.split("‖") if part.strip()]


def texts(text: str, language: str) -> list[str]:
    return [sentence.text for sentence in segment(text, language)]


@pytest.mark.parametrize("marked", cases(HEBREW))
def test_hebrew_sentences_end_where_they_should(marked: str) -> None:
    assert texts(marked.replace("‖", ""), "he") == expected(marked)


@pytest.mark.parametrize("marked", cases(ENGLISH))
def test_english_sentences_end_where_they_should(marked: str) -> None:
    assert texts(marked.replace("‖", ""), "en") == expected(marked)


@pytest.mark.parametrize("marked", cases(LINES))
def test_line_ends_end_sentences_only_where_paragraphs_end(marked: str) -> None:
    assert texts(marked.replace("‖", ""), "he") == expected(marked)


def test_topic_of_the_document_begins_the_sentence_after_a_heading() -> None:
    text = "הנמל נפתח ב-1936. הנמל הורחב אחר כך. תכנון ובנייה הנמל נבנה בשלבים. תכנון ובנייה נמל חיפה נפגע."
    assert "תכנון ובנייה" not in texts(text, "he")  # the article may continue a title
    text = "חיפה היא עיר נמל. חיפה נבנתה על הכרמל. תכנון ובנייה חיפה נבנתה בשלבים רבים."
    assert texts(text, "he")[2:] == ["תכנון ובנייה", "חיפה נבנתה בשלבים רבים."]


def test_hatnote_stands_alone() -> None:
    text = "כך נגמר הדיון. הצעת החוק ערך מורחב – הצעת החוק מדי שנה עולה ההצעה שוב ונדחית."
    assert texts(text, "he") == [
        "כך נגמר הדיון.",
        "הצעת החוק",
        "ערך מורחב – הצעת החוק",
        "מדי שנה עולה ההצעה שוב ונדחית.",
    ]


def test_offsets_are_those_of_the_text() -> None:
    text = "  הממשלה אישרה.\n\n הכנסת דחתה.  "
    assert segment(text) == [Sentence(2, 15, "הממשלה אישרה."), Sentence(18, 29, "הכנסת דחתה.")]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u00a0"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert segment(text) == []


def test_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"'fr'.*he, en"):
        segment("Bonjour.", "fr")


def test_wrap_width_needs_lines_that_fill_it() -> None:
    assert wrap_width(["א" * 70, "ב" * 68, "ג" * 72, "ד" * 20]) == 72
    assert wrap_width(["א" * 12, "ב" * 11, "ג" * 12]) == 0
    assert wrap_width(["א" * 300, "ב" * 290]) == 0
    assert wrap_width(["אב " * 3, "בג " * 33, "גד " * 4, "דה " * 30]) == 0
    assert wrap_width(["", ""]) == 0


PIECES = st.sampled_from(
    (
        *"אבגדהו.,:;?!…\"'׳״()[]–- \n\r\u200f\u2028\u00a0",
        *(
            "שלום",
            "הממשלה",
            'צה"ל',
            "3.5",
            "26.11.2022",
            "Dr.",
            "U.S.",
            "example.com",
            "The",
            "end",
            "...",
            "\n\n",
        ),
        *("ערך מורחב – ", "סיכונים", "הסיכונים", "הבאות:", "1.", "א."),
    )
)


@given(
    st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=80)), st.sampled_from(LANGUAGES)
)
def test_sentences_tile_their_text(text: str, language: str) -> None:
    position = 0
    for sentence in segment(text, language):
        assert sentence.text == text[sentence.start : sentence.end]
        assert sentence.text
        assert sentence.text == sentence.text.strip()
        assert not text[position : sentence.start].strip()
        position = sentence.end
    assert not text[position:].strip()


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(LANGUAGES))
def test_a_blank_line_ends_every_sentence(text: str, language: str) -> None:
    halves = texts(text + "\n\n" + text, language)
    assert all("\n\n" not in sentence for sentence in halves)


@pytest.mark.parametrize(
    "unit", [".", '"', "(", ".(", '?"', "a.b ", "...א", ': "', "הבאות: א", "\n", "(.)", "[1]"]
)
def test_time_stays_linear_on_hostile_lines(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        times = []
        for _ in range(3):
            began = time.process_time()
            segment(text)
            times.append(time.process_time() - began)
        return min(times)

    # Linear growth is a factor of 8; quadratic would be 64. The floor hides the clock's noise.
    assert seconds(80_000) < 40 * max(seconds(10_000), 0.05)
