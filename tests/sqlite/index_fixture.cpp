#include "index_fixture.hpp"

#include <random>

namespace leftfold::test_support {

void index_fixture::expect_agreement(stream_index& index, std::size_t asked) {
    std::mt19937_64 random(++seed);
    const auto head = oracle->indexed_to(first);
    ASSERT_EQ(index.indexed_to(first), head);
    for (std::size_t i = 0; i < asked; ++i) {  // three of all are not there
        const stream_id stream("item", "s" + std::to_string(i));
        const auto last = oracle->head(first, stream);
        ASSERT_EQ(index.head(first, stream), last) << to_string(stream);
        const auto length = last ? last->version.value() : 0;
        for (int question = 0; question < 4; ++question) {
            const version from(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(length + 3)));
            const auto count = static_cast<std::size_t>(question == 0 ? 100'000 : random() % 6);
            for (const auto way : {direction::forward, direction::backward}) {
                ASSERT_EQ(index.find(first, stream, from, count, way), oracle->find(first, stream, from, count, way))
                    << to_string(stream) << " from " << from.value() << ", " << count << " events";
            }
        }
    }
    for (int question = 0; question < 20; ++question) {
        const offset at(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(head.value() + 3)));
        const auto id = growing_log::id_at(first, at);
        ASSERT_EQ(index.find_id(first, id), oracle->find_id(first, id)) << at.value();
    }
}

}  // namespace leftfold::test_support
