import numpy as np

from face_rec.models.runtime.int8_product import Int8Product


def test_the_product_is_exact_at_its_extremes_on_this_processor() -> None:
    """Processors without VNNI add two neighbouring products in 16 bits, which must suffice."""
    chance = np.random.default_rng(1)
    rows = chance.integers(0, 256, (1000, 512), dtype=np.uint8)
    rows[:2] = 255
    columns = chance.integers(-64, 65, (512, 6), dtype=np.int8)
    columns[:, 0], columns[:, 1] = 64, -64
    expected = rows.astype(np.int32) @ columns.astype(np.int32)
    np.testing.assert_array_equal(Int8Product(2)(rows, columns), expected)
    assert Int8Product(1)(rows[:0], columns).shape == (0, 6)
