#include <gtest/gtest.h>

#include "framework/json_types.hpp"
#include "leftfold/framework/fingerprint.hpp"
#include "leftfold/framework/layout_check.hpp"

namespace fingerprint_test {

using namespace codec_types;
using leftfold::fingerprint;

/// Collects the text that the fingerprint sums up.
struct text_of_shape {
    std::string value;
    void text(std::string_view more) { value += more; }
    void number(std::uint64_t number) { value += std::to_string(number); }
};

template <class T>
std::string shape() {
    text_of_shape sink;
    leftfold::detail::describe_shape<T>(sink, leftfold::detail::open_structs<>{});
    return sink.value;
}

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return sum;
}

namespace elsewhere {

struct renamed_line {
    std::string sku;
    std::int32_t qty{};
};
BOOST_DESCRIBE_STRUCT(renamed_line, (), (sku, qty))

struct other_member {
    std::string sku;
    std::int32_t quantity{};
};
BOOST_DESCRIBE_STRUCT(other_member, (), (sku, quantity))

struct other_order {
    std::int32_t qty{};
    std::string sku;
};
BOOST_DESCRIBE_STRUCT(other_order, (), (qty, sku))

struct other_sign {
    std::string sku;
    std::uint32_t qty{};
};
BOOST_DESCRIBE_STRUCT(other_sign, (), (sku, qty))

struct with_memory {
    std::string sku;
    std::int32_t qty{};
    leftfold::transient<std::vector<int>> cache;
};
BOOST_DESCRIBE_STRUCT(with_memory, (), (sku, qty, cache))

enum class other_value : std::int16_t { red = -1, green = 3, blue = 300 };
BOOST_DESCRIBE_ENUM(other_value, red, green, blue)

}  // namespace elsewhere

TEST(fingerprint, sums_a_text_of_structure_alone) {
    EXPECT_EQ(shape<ordered>(), "{customer:str,lines:vec {sku:str,qty:i32,},}");
    EXPECT_EQ(shape<node>(), "{children:vec ^0,}");
    EXPECT_EQ(shape<colour>(), "enum(red=-1,green=2,blue=300,)");
    EXPECT_EQ(shape<payment>(), "(=null|card={number:str,}|cash={}|)");
    EXPECT_EQ(shape<stamped_line>(), "{at:time 1/1000000:i64,sku:str,qty:i32,gift:bool,}");
    EXPECT_EQ(shape<counter>(), "{count_:i32,}");
    EXPECT_EQ(shape<everything>(),
              "{yes:bool,i8:i8,u16:u16,i64:i64,u64:u64,real:f64,small:f32,text:str,bytes:bytes,"
              "paint:enum(red=-1,green=2,blue=300,),maybe:opt {sku:str,qty:i32,},flags:vec bool,triple:array3 i32,"
              "by_name:map vec {sku:str,qty:i32,},prices:map f64,at:time 1/1000000000:i64,"
              "timeout:duration 1/1000:i64,paid:(=null|card={number:str,}|cash={}|),extra:raw,}");
    EXPECT_EQ(fingerprint<everything>(), fnv1a(shape<everything>()));
    EXPECT_EQ(fingerprint<node>(), fnv1a(shape<node>()));
}

// Golden: these are stored beside snapshots. A change here makes every stored snapshot stale.
static_assert(fingerprint<ordered>() == 0x5b9c47ee738fe71b);
static_assert(fingerprint<node>() == 0xc8c9242e9c969b4e);
static_assert(fingerprint<everything>() == 0x3f76cd1f096fbb64);

TEST(fingerprint, names_of_types_and_spellings_of_integers_are_no_part_of_it) {
    EXPECT_EQ(fingerprint<line>(), fingerprint<elsewhere::renamed_line>());
    EXPECT_EQ(fingerprint<long>(), fingerprint<long long>());
    EXPECT_EQ(fingerprint<unsigned long>(), fingerprint<unsigned long long>());
    EXPECT_EQ(fingerprint<signed char>(), fingerprint<std::int8_t>());
    EXPECT_EQ((fingerprint<std::map<std::string, int>>()), (fingerprint<std::unordered_map<std::string, int>>()));
    EXPECT_EQ(fingerprint<line>(), fingerprint<elsewhere::with_memory>());
}

TEST(fingerprint, a_member_renamed_moved_or_retyped_changes_it) {
    EXPECT_NE(fingerprint<line>(), fingerprint<elsewhere::other_member>());
    EXPECT_NE(fingerprint<line>(), fingerprint<elsewhere::other_order>());
    EXPECT_NE(fingerprint<line>(), fingerprint<elsewhere::other_sign>());
    EXPECT_NE(fingerprint<colour>(), fingerprint<elsewhere::other_value>());
    EXPECT_NE(fingerprint<std::vector<int>>(), fingerprint<std::optional<int>>());
    EXPECT_NE((fingerprint<std::array<int, 2>>()), (fingerprint<std::array<int, 3>>()));
    EXPECT_NE(fingerprint<std::chrono::seconds>(), fingerprint<std::chrono::milliseconds>());
    EXPECT_NE(fingerprint<double>(), fingerprint<float>());
}

struct base_state {
    virtual ~base_state() = default;
    std::int64_t version{};
    bool dirty{};
};

class whole : public base_state {
    char flag_{};
    std::string name_;
    BOOST_DESCRIBE_CLASS(whole, (), (), (), (flag_, name_))
};

class forgetful : public base_state {
    char flag_{};
    std::string name_;
    std::string forgotten_;
    BOOST_DESCRIBE_CLASS(forgetful, (), (), (), (flag_, name_))
};

struct half_described {
    int described{};
    std::string forgotten;
};
BOOST_DESCRIBE_STRUCT(half_described, (), (described))

TEST(layout, a_type_that_describes_all_members_is_whole) {
    static_assert(leftfold::describes_whole_layout<ordered>());
    static_assert(leftfold::describes_whole_layout<everything>());
    static_assert(leftfold::describes_whole_layout<cash>());
    static_assert(leftfold::describes_whole_layout<counter>());
    static_assert(leftfold::describes_whole_layout<stamped_line>());
    static_assert(leftfold::describes_whole_layout<whole, base_state>());
    leftfold::check_layout<ordered>();
}

TEST(layout, a_forgotten_member_is_found_by_the_size) {
    static_assert(!leftfold::describes_whole_layout<half_described>());
    static_assert(!leftfold::describes_whole_layout<forgetful, base_state>());
}

}  // namespace fingerprint_test
