"""Documents."""

from app.models import Petition
from app.security.sealed import unseal


def read_words(petition: Petition) -> list[str]:
    """What was read in the petition's documents and its case's, as far as the session may read them."""
    documents = [*petition.documents, *(petition.case.documents if petition.case is not None else ())]
    return [unseal(document, "read_text")["text"] for document in documents if document.read_text is not None]
