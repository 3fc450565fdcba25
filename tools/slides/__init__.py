"""The lectures as decks for a hall: `python -m tools.slides [--only 01] [--out build/slides]`.

A deck is made from a committed notebook as it stands, with its pictures; nothing runs. How slides are cut:

1. A heading begins a slide; what follows stays below it, on slides that one reaches downward.
2. A picture gets a slide of its own, as large as it goes. Of the prose after it, what finds room stands under or beside
   it, and comes with the next key.
3. A cell that prints is shown with its code. The code of pictures and tables is behind the key C, and so is that of
   cells that show nothing; set-up is left out.
4. A *predict first* ends its slide: the question is on screen before its answer.
5. What is longer than a slide is parted between paragraphs, items, rows, at last sentences, into even parts.

A cell's own tag in the source goes before all of these: `slide` and `subslide` begin one, `-` stays on the slide before
it, `fragment` comes with the next key, `notes` goes to the speaker's view, `skip` is left out.

    measure    how high text, code and tables come out, from the fonts that the decks bring along
    pieces     notebook → pieces: a paragraph, a picture, a table
    tables     tables, which are parted between rows
    pictures   how large a picture gets, and what stands beside it
    sharing    prose, code and tables → a share for each slide, and its fonts
    layout     pieces → slides
    deck       slides → notebook → page, by nbconvert and template/
    assets     the files beside the decks
"""
