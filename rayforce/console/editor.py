"""The reader for terminals by prompt_toolkit: highlighting, completion, history, several lines (extra `repl`)."""

from __future__ import annotations

from collections.abc import Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.completion import Completer as EditorCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import History as EditorHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.lexers import Lexer, PygmentsLexer
from prompt_toolkit.patch_stdout import patch_stdout

from . import commands, syntax
from .complete import Completer
from .history import History


class Kept(EditorHistory):
    """The history file as the library wants to see it."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def load_history_strings(self) -> Iterable[str]:
        return reversed(self._history.entries)

    def append_string(self, string: str) -> None:
        before = len(self._history.entries)
        self._history.add(string)
        if len(self._history.entries) > before:
            self._loaded_strings.insert(0, string)

    def store_string(self, string: str) -> None:
        self._history.add(string)


class Offered(EditorCompleter):
    """Completions as the library wants to see them."""

    def __init__(self, completer: Completer) -> None:
        self._completer = completer

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        for found in self._completer.complete(document.text_before_cursor):
            yield Completion(found.text, -found.typed, display_meta=found.about)


def lexer() -> Lexer | None:
    """None without Pygments."""
    try:
        from .lexer import RayfallLexer
    except ImportError:
        return None
    return PygmentsLexer(RayfallLexer)


def keys() -> KeyBindings:
    """Enter ends an input that is whole and else begins a new line, as Alt-Enter always does."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def end(event: KeyPressEvent) -> None:
        text = event.current_buffer.text
        if commands.is_command(text) or syntax.is_whole(text):
            event.current_buffer.validate_and_handle()
        else:
            event.current_buffer.newline(copy_margin=True)

    @bindings.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=True)

    return bindings


class Editor:
    """A terminal."""

    def __init__(self, history: History, completer: Completer) -> None:
        self._prompt: PromptSession[str] = PromptSession(
            history=Kept(history),
            completer=Offered(completer),
            lexer=lexer(),
            key_bindings=keys(),
            auto_suggest=AutoSuggestFromHistory(),
            input_processors=[HighlightMatchingBracketProcessor(chars="[](){}")],
            multiline=True,
            complete_while_typing=False,
            enable_open_in_editor=False,
            prompt_continuation=self._continuation,
        )

    @staticmethod
    def _continuation(width: int, line_number: int, is_soft_wrap: int) -> str:
        return " " * width if is_soft_wrap else "." * (width - 1) + " "

    def read(self, prompt: str) -> str:
        """What is printed meanwhile, by clients or timers, stands above the line that is edited."""
        with patch_stdout(raw=True):
            return self._prompt.prompt(prompt)
