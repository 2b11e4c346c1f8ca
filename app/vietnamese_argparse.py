"""argparse speaks Vietnamese: it asks a function of its own module for every sentence, and this answers."""

import argparse

SENTENCES = {
    "usage: ": "cách dùng: ",
    "options": "tùy chọn",
    "positional arguments": "tham số",
    "show this help message and exit": "hiện hướng dẫn này",
    "the following arguments are required: %s": "thiếu tham số: %s",
    "unrecognized arguments: %s": "không có tham số: %s",
    "argument %(argument_name)s: %(message)s": "tham số %(argument_name)s: %(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "không có %(value)r; chọn một trong: %(choices)s",
    "invalid %(type)s value: %(value)r": "giá trị %(value)r không hợp lệ",
    "expected one argument": "thiếu giá trị",
    "expected at least one argument": "thiếu giá trị",
    "expected at most one argument": "thừa giá trị",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s có thể là %(matches)s; viết đủ tên",
    "ignored explicit argument %r": "không nhận giá trị %r",
    "not allowed with argument %s": "không dùng cùng %s",
}


def install() -> None:
    """From here on argparse's own sentences are Vietnamese; one it has no translation for stays as it is."""
    argparse._ = lambda sentence: SENTENCES.get(sentence, sentence)  # type: ignore[attr-defined]
