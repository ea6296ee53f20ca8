"""English facts that decide where a sentence ends; they hold for English inside Hebrew too.

The lists follow The Chicago Manual of Style: abbreviations in its chapter 10, titles of persons in chapter 8.
"""

import re

from mt.segment.words import words

# Titles and links: more text always follows their stop.
ALWAYS = words(
    "mr mrs ms mx dr prof gen col lt sgt capt cmdr cpt maj brig adm rev hon gov sen rep pres amb supt",
    "insp messrs mme mlle fr mt ft vs v cf e.g i.e viz ca approx eg ie esp incl resp brig.gen lt.col",
    "maj.gen lt.gen",
)
# Labels of a number; before anything else they end a sentence like any word.
NUMBER_LABELS = words(
    "no nos p pp vol vols ch chap chaps fig figs sec secs art arts para paras eq eqs n nn pt cl sect ex",
)
# These end a sentence only before a word that starts one.
PERHAPS = words(
    "inc ltd co corp llc bros jr sr esq etc al u.s u.k u.n e.u u.s.a u.s.s.r a.m p.m ph.d m.a b.a m.d",
    "ll.b b.c a.d d.c n.y b.c.e c.e st ave blvd rd dept univ assn jan feb mar apr jun jul aug sep sept",
    "oct nov dec mon tue wed thu fri est",
)
STARTERS = words(
    "The This That These Those It He She They We You In On At But And However If When While After",
    "Before There Here His Her Their Its Our My Your As For An So Then Yet Still Thus Therefore",
    "Moreover Meanwhile Although Though Since Because Under By With From To Both Many Most Some Several",
    "All Each Every Nor Or What Why How Where Who Today Yesterday Now Later Once Instead Indeed Finally",
    "First Second According Despite During Such Another Nevertheless",
)
# A letter after these is a name, not an initial, so a stop after it ends the sentence.
LETTERED = words(
    "vitamin plan point type group hepatitis appendix section part figure annex class grade option",
    "table exhibit article area zone category team phase schedule and or is than am",
)
SPEECH = (
    "said|says|asked|asks|replied|answered|added|cried|shouted|whispered|wrote|writes|warned|insisted|declared|"
    "argued|noted|explained|exclaimed|wondered|announced|told"
)
# "Stop!" John said.
SPEAKER = re.compile(rf"([A-Z][\w'’-]+)(?: [A-Z][\w'’-]+){{0,2}} (?:{SPEECH})\b")

INITIAL = re.compile(r"[(\"“‘'\[]?(?:[A-Z]\.-?)*[A-Z]")
DOTTED = re.compile(r"[(\"“‘'\[]?(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}")
WORD = re.compile(r"[\"“‘'(\[]*([A-Za-z][\w'’-]*)")
NUMERAL = re.compile(r"[IVXLC]{1,6}|[ivx]{1,5}")
