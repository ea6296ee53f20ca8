"""Hebrew facts that decide where a sentence ends.

Abbreviations follow the Academy of the Hebrew Language's list of common abbreviations (ראשי תיבות וקיצורים):
geresh or gershayim is the rule, so only the few that people also write with a full stop stand here.
"""

import re

from mt.segment.words import words

LETTER = "א-ת"

# Titles and labels: more text always follows their stop.
TITLES = words("דר עמ ועמ בעמ רח")
LONG_TITLES = words("פרופ אינג")
# Labels of a number; before anything else they are ordinary words (מס "tax", טל "dew").
NUMBER_LABELS = words("מס טל עמ עמוד פר סע כר גל ת תא")
# A letter after these is a name, not an initial, so a stop after it ends the sentence.
LETTERED = words(
    "כיתה כיתות סעיף סעיפים חלק חלקים קבוצה פרק שלב נספח ליגה דרגה ויטמין קומה ספר לוח תקופה נקודה אות",
    "גוש שטח שטחי תוספת בית אזור רמה סוג מחלקה בניין כניסה",
)
# A quotation that ends in "?" or "!" goes on with one of these: "לאן?" שאל הנער.
SPEECH = words(
    "אמר אמרה אמרו אומר אומרת אומרים שאל שאלה שאלו שואל שואלת שואלים ענה ענתה ענו עונה השיב השיבה השיבו",
    "משיב תהה תהתה תהו תוהה קרא קראה קראו קורא קוראת קוראים צעק צעקה צעקו לחש לחשה הכריז הכריזה הכריזו",
    "הוסיף הוסיפה הוסיפו ציין ציינה ציינו טען טענה טענו כתב כתבה כתבו הצהיר הצהירה הצהירו הודיע הודיעה",
    "הודיעו זעק זעקה פסק פסקה סיכם סיכמה הזהיר הזהירה הסביר הסבירה התלונן מלמל הפטיר הפטירה גרס גרסה",
    "התריס סיפר סיפרה",
)
# After an ellipsis these go on with the same sentence.
CONNECTIVES = words("אבל אך או כי אלא אולם אם של על עם את גם ואז אז לא כן רק עד כדי מפני למרות בלי")
# The ends of addresses on the Hebrew network: מילה.קום is one word.
ADDRESS_ENDS = words("קום קו נט אורג ישראל גוב")

# Two letters, gershayim or geresh allowed between them, then whatever closes: the end of a whole word.
WORD_END = re.compile(rf"[{LETTER}][\u0591-\u05c7\"״”'׳]*[{LETTER}][\u0591-\u05c7]*[\"״”'׳’)\]]*$")
WORD_START = re.compile(rf"[\"“„״(\[]?([{LETTER}]['׳\"״]?[{LETTER}]+|[{LETTER}][-־](?=[\w\"]))")
INITIAL = re.compile(rf"[(\"“]?[{LETTER}]")
# ת.ז, א.ב, ק.מ: letters joined by stops, the last stop being the one in question.
DOTTED = re.compile(rf"[(\"“]?(?:[{LETTER}]{{1,3}}\.)+[{LETTER}]")
# ה-U.S: prefixes hang on a foreign word by a hyphen.
PREFIXED = re.compile(rf"^[{LETTER}]{{1,4}}[-־]")
# Single-letter prepositions and particles, the only letters that stand before an opening quotation mark.
PREFIXES = "משהוכלב"
# Names that carry their mark along.
NAMES_WITH_MARKS = frozenset({"יאהו", "Yahoo", "Jeopardy"})
