"""Bind PDF files that Chromium has printed into one, with links, bookmarks and tags.

A tagged file marks its headings, paragraphs, lists, table cells, and pictures with their
descriptions, for screen readers.  pypdf's own merging drops the tags.
"""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    Fit,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from web import freshness

BOOLEAN_TRUE = BooleanObject(True)
TAG_ENTRIES = ("/Alt", "/ActualText", "/Lang", "/A")  # copied with a tag, beside its kind
Place = tuple[int, float]  # a sheet, counted from 0, and a height on it in points


def dictionary(**entries: PdfObject) -> DictionaryObject:
    """Return a dictionary of PDF; names of entries are written without the slash."""
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def sheets_and_places(path: Path) -> tuple[int, dict[str, Place]]:
    """Return the number of sheets of a file, and the place of each of its anchors."""
    reader = PdfReader(path)
    return len(reader.pages), {
        name.removeprefix("/"): (reader.get_destination_page_number(place), float(place.top))
        for name, place in reader.named_destinations.items()
    }


class Volume:
    """Printed files, joined one after another.

    Attributes
    ----------
    writer : pypdf.PdfWriter
        The joined file.
    language : str
        Its language, such as "en".
    """

    def __init__(self, language: str = "en"):
        self.writer, self.language = PdfWriter(), language
        self.root = dictionary(Type=NameObject("/StructTreeRoot"), K=ArrayObject())
        self.tree = self.writer._add_object(self.root)
        self.document = self._tag("/Document", self.tree, Lang=TextStringObject(language))
        self.root["/K"].append(self.document)
        self.owners = ArrayObject()  # alternately a number and the tags on a sheet or of a link

    def add(self, path: Path) -> list[PageObject]:
        """Add the sheets of a file; return them."""
        reader, sheets, annotations = PdfReader(path), [], {}
        for old in reader.pages:
            sheets.append(self.writer.add_page(old))
            pairs = zip(old.get("/Annots", []), sheets[-1].get("/Annots", []), strict=True)
            annotations |= {before.idnum: after for before, after in pairs}
        pages = {
            old.indirect_reference.idnum: new.indirect_reference
            for old, new in zip(reader.pages, sheets, strict=True)
        }
        self._tag_file(reader, pages, annotations)
        return sheets

    def _tag(self, kind: str, parent: IndirectObject, **entries: PdfObject) -> IndirectObject:
        """Make a tag."""
        tag = dictionary(Type=NameObject("/StructElem"), S=NameObject(kind), P=parent, **entries)
        tag[NameObject("/K")] = ArrayObject()
        return self.writer._add_object(tag)

    def _tag_file(self, reader: PdfReader, pages: dict, annotations: dict) -> None:
        """Copy the tags of a file, except the meaningless ones around every word."""
        owners: dict[int, dict[int, IndirectObject]] = {number: {} for number in pages}

        def copy(node, page, parent: IndirectObject) -> None:
            node = node.get_object() if isinstance(node, IndirectObject) else node
            if isinstance(node, list):
                for kid in node:
                    copy(kid, page, parent)
            elif isinstance(node, int):
                tag = parent.get_object()
                place = tag.setdefault(NameObject("/Pg"), pages[page])
                content = NumberObject(node)
                if place != pages[page]:  # the tag continues on the next page
                    content = dictionary(Type=NameObject("/MCR"), Pg=pages[page], MCID=content)
                tag["/K"].append(content)
                owners[page][node] = parent
            elif node.get("/Type") == "/OBJR":
                target = annotations[node.raw_get("/Obj").idnum]
                link = dictionary(Type=NameObject("/OBJR"), Obj=target)
                link[NameObject("/Pg")] = pages[
                    node.raw_get("/Pg").idnum if "/Pg" in node else page
                ]
                parent.get_object()["/K"].append(link)
                self._own(target.get_object(), "/StructParent", parent)
            else:
                page = node.raw_get("/Pg").idnum if "/Pg" in node else page
                if node.get("/Type") == "/MCR":
                    copy(node["/MCID"], page, parent)
                    return
                if node["/S"] != "/NonStruct":
                    entries = {
                        name[1:]: node[name].clone(self.writer)
                        for name in TAG_ENTRIES
                        if name in node
                    }
                    tag = self._tag(node["/S"], parent, **entries)
                    parent.get_object()["/K"].append(tag)
                    parent = tag
                copy(node.get("/K", []), page, parent)

        root = reader.trailer["/Root"].get("/StructTreeRoot")
        if root is not None:
            copy(root["/K"]["/K"], None, self.document)
        for number, tags in owners.items():
            if tags:
                row = [tags.get(i, NullObject()) for i in range(max(tags) + 1)]
                row = self.writer._add_object(ArrayObject(row))
                self._own(pages[number].get_object(), "/StructParents", row)

    def _own(self, thing: DictionaryObject, entry: str, owner: IndirectObject) -> None:
        """Record the tag of a link, or the tags on a page."""
        key = NumberObject(len(self.owners) // 2)
        thing[NameObject(entry)] = key
        self.owners.extend([key, owner])

    def destination(self, place: Place) -> ArrayObject:
        """Return the destination of a link to a place."""
        page = self.writer.pages[place[0]].indirect_reference
        return ArrayObject(
            [page, NameObject("/XYZ"), FloatObject(0), FloatObject(place[1]), NullObject()]
        )

    def bookmark(self, title: str, place: Place, above=None):
        """Add a bookmark, below another one if there is one; return it."""
        fit = Fit.xyz(left=0, top=place[1])
        return self.writer.add_outline_item(
            title=title, page_number=place[0], parent=above, fit=fit, is_open=above is None
        )

    def add_footer(self, page: PageObject, footer: PageObject) -> None:
        """Draw the content of another page, marked as decoration, beneath that of this page."""
        form = DecodedStreamObject()
        form.set_data(footer["/Contents"].get_data())
        form.update(
            dictionary(
                Type=NameObject("/XObject"),
                Subtype=NameObject("/Form"),
                BBox=footer.mediabox.clone(self.writer),
                Resources=footer["/Resources"].clone(self.writer),
            )
        )
        draw = DecodedStreamObject()
        draw.set_data(b"/Artifact BMC q /Foot Do Q EMC\n")
        objects = page["/Resources"].setdefault(NameObject("/XObject"), DictionaryObject())
        objects[NameObject("/Foot")] = self.writer._add_object(form.flate_encode())
        contents = page.raw_get("/Contents")
        page[NameObject("/Contents")] = ArrayObject([self.writer._add_object(draw), contents])

    def write(self, path: Path, **metadata: str) -> None:
        """Write the file, with its title, author and so on."""
        self.root[NameObject("/ParentTree")] = self.writer._add_object(dictionary(Nums=self.owners))
        self.root[NameObject("/ParentTreeNextKey")] = NumberObject(len(self.owners) // 2)
        self.writer.root_object.update(
            dictionary(
                Lang=TextStringObject(self.language),
                MarkInfo=dictionary(Marked=BOOLEAN_TRUE),
                PageMode=NameObject("/UseOutlines"),
                StructTreeRoot=self.tree,
                ViewerPreferences=dictionary(DisplayDocTitle=BOOLEAN_TRUE),
            )
        )
        self.writer.add_metadata({f"/{name}": value for name, value in metadata.items()})
        content = io.BytesIO()
        self.writer.write(content)
        freshness.write(path, content.getvalue())
