"""Whether words can be Vietnamese: onset and rime of each syllable, tone aside. Used to tell encodings apart."""

import re
import unicodedata

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
ONSETS = (*("ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu"), *"bcdđghklmnprstvx")
RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm
ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap
oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
ơt u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh
uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu ynh yt ych
"""
_SYLLABLE = re.compile(f"(?:{'|'.join(ONSETS)})?(?:{'|'.join(sorted(RIMES.split(), key=len, reverse=True))})")
_WORD = re.compile(r"[^\s\d.,;:!?()\[\]{}<>/\\|\"'“”‘’…–—+*=_%#@&$^~`-]+")


def plausibility(text: str) -> float:
    """The share, 0 to 1, of the words holding a letter beyond ASCII that are possible Vietnamese syllables; 0 when
    there is no such word.
    """
    words = [
        word
        for word in _WORD.findall(text)
        if not word.isascii() and any(character.isalpha() for character in word if ord(character) > 127)
    ]
    if not words:
        return 0.0
    return sum(map(_possible, words)) / len(words)


def doubtful_words(text: str) -> int:
    """How many words hold a letter beyond ASCII and cannot be Vietnamese; signs such as ², °, – are no letters."""
    words = [
        word for word in _WORD.findall(text) if any(ord(character) > 127 and character.isalpha() for character in word)
    ]
    return sum(not _possible(unicodedata.normalize("NFC", word)) for word in words)


def _possible(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    toneless = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.lower()).translate(_TONES))
    return _SYLLABLE.fullmatch(toneless) is not None
