"""Which files a message to a browser hands out."""

from typing import Final

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from face_rec.web.gate.streamlit_messages import ForwardMessages

files = ForwardMessages(ForwardMsg).files
NAME: Final = "0fd904af7c1d671ca31d5e82d9c6111f"
ADDRESS: Final = f"/media/{NAME}.csv"


def handed(message: ForwardMsg) -> frozenset[str]:
    return files(message.SerializeToString())


def test_buttons_pictures_and_files_made_when_asked_for_hand_theirs_out() -> None:
    button, pictures, asked, mark = (ForwardMsg() for _ in range(4))
    button.delta.new_element.download_button.url = ADDRESS
    pictures.delta.new_element.imgs.imgs.add(url=f"/media/{NAME}.png")
    pictures.delta.new_element.imgs.imgs.add(url=f"/media/{NAME[::-1]}.png")
    asked.backend_operation_response.deferred_file.url = ADDRESS
    mark.page_config_changed.favicon = f"/media/{NAME}.png"
    assert handed(button) == handed(asked) == handed(mark) == {NAME}
    assert handed(pictures) == {NAME, NAME[::-1]}


def test_words_that_look_like_an_address_hand_nothing_out() -> None:
    markdown, field, caption, dead = (ForwardMsg() for _ in range(4))
    markdown.delta.new_element.markdown.body = ADDRESS
    field.delta.new_element.text_input.value = ADDRESS
    field.delta.new_element.text_input.label = ADDRESS
    caption.delta.new_element.imgs.imgs.add(caption=ADDRESS, url="/media/")
    dead.delta.new_element.link_button.url = f"https://example.org{ADDRESS}"
    assert not any(handed(one) for one in (markdown, field, caption, dead))
    assert files(b"") == files(b"/media/" + NAME.encode()) == frozenset()
