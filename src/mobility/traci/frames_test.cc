#include "mobility/traci/frames.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "mobility/traci/limits.h"

namespace madang::mobility::traci {
namespace {

std::string octets(std::initializer_list<int> all) {
  std::string out;
  for (int const each : all) out.push_back(static_cast<char>(each));
  return out;
}

std::string with_length(std::string text) { return octets({0, 0, 0, static_cast<int>(text.size())}) + text; }

/// An answer in the long form, as SUMO writes those of subscriptions.
std::string long_answer(int id, std::string const& body) {
  return octets({0, 0, 0, 0, static_cast<int>(body.size() + 6), id}) + body;
}

std::string sentence_of(std::string const& body, Subscription into = {}) {
  auto const outcome = AnswerReader{body}.subscription(into);
  return outcome ? "" : outcome.error().sentence;
}

TEST(traci_frame, asks_for_the_version_in_six_bytes) {
  EXPECT_EQ(FrameWriter{}.get_version().take(), octets({0, 0, 0, 6, 2, 0}));
}

TEST(traci_frame, asks_for_one_step) {
  EXPECT_EQ(FrameWriter{}.step(0).take(), octets({0, 0, 0, 14, 10, 2, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(traci_frame, writes_numbers_big_endian) {
  EXPECT_EQ(FrameWriter{}.set_order(258).take(), octets({0, 0, 0, 10, 6, 3, 0, 0, 1, 2}));
  EXPECT_EQ(FrameWriter{}.step(1.5).take(), octets({0, 0, 0, 14, 10, 2, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0}));
}

TEST(traci_frame, sets_the_letters_of_a_signal) {
  EXPECT_EQ(FrameWriter{}.set_state("J", "rGy").take(),
            octets({0, 0, 0, 20, 16, 0xC2, 0x20, 0, 0, 0, 1, 'J', 0x0C, 0, 0, 0, 3, 'r', 'G', 'y'}));
}

TEST(traci_frame, sets_the_program_of_a_signal) {
  EXPECT_EQ(FrameWriter{}.set_program("J", "0").take(),
            octets({0, 0, 0, 18, 14, 0xC2, 0x23, 0, 0, 0, 1, 'J', 0x0C, 0, 0, 0, 1, '0'}));
}

TEST(traci_frame, subscribes_from_the_first_moment_without_an_end) {
  std::array<std::uint8_t, 2> const variables{variable::kVehicles, variable::kHalting};
  auto const always = octets({0xC1, 0xD0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(FrameWriter{}.subscribe(Command::kSubscribeLaneArea, "a", variables).take(),
            octets({0, 0, 0, 30, 26, 0xDD}) + always + always + octets({0, 0, 0, 1, 'a', 2, 0x10, 0x14}));
}

TEST(traci_frame, takes_the_long_form_above_255_bytes) {
  auto const frame = FrameWriter{}.set_state("J", std::string(300, 'r')).take();
  EXPECT_EQ(frame.substr(0, 10), octets({0, 0, 1, 0x41, 0, 0, 0, 1, 0x3D, 0xC2}));
  EXPECT_EQ(frame.size(), 0x141U);
}

TEST(traci_frame, stays_short_at_exactly_255_bytes) {
  auto const frame = FrameWriter{}.set_state("J", std::string(242, 'r')).take();
  EXPECT_EQ(frame.substr(0, 6), octets({0, 0, 1, 0x03, 255, 0xC2}));
}

TEST(traci_frame, holds_several_commands) {
  FrameWriter writer;
  writer.get_version().close();
  EXPECT_EQ(writer.commands(), 2U);
  EXPECT_EQ(writer.take(), octets({0, 0, 0, 8, 2, 0, 2, 0x7F}));
  EXPECT_TRUE(writer.empty());
  EXPECT_EQ(writer.commands(), 0U);
}

TEST(traci_frame, refuses_a_length_that_holds_nothing) {
  EXPECT_EQ(frame_bytes(octets({0, 0, 0, 4})).error().sentence, "TraCI: a frame of 4 bytes holds no answer");
  EXPECT_EQ(frame_bytes(octets({0, 0, 0, 5})).value(), 5U);
}

TEST(traci_frame, refuses_a_length_above_its_maximum) {
  EXPECT_EQ(frame_bytes(octets({0x7F, 0xFF, 0xFF, 0xFF})).error().code, Code::kLimit);
  EXPECT_EQ(frame_bytes(octets({0xFF, 0xFF, 0xFF, 0xFF})).error().code, Code::kLimit);
}

TEST(traci_answer, gives_the_version) {
  auto const body = octets({7, 0, 0, 0, 0, 0, 0}) + octets({21, 0, 0, 0, 0, 20}) + with_length("SUMO 1.15.0");
  AnswerReader reader{body};
  ASSERT_TRUE(reader.done(Command::kGetVersion));
  auto const version = reader.version();
  ASSERT_TRUE(version) << version.error().sentence;
  EXPECT_EQ(version->api, 20);
  EXPECT_EQ(version->name, "SUMO 1.15.0");
  EXPECT_TRUE(reader.at_end());
}

TEST(traci_answer, of_a_step_may_have_no_subscriptions) {
  auto const body = octets({7, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  AnswerReader reader{body};
  ASSERT_TRUE(reader.done(Command::kStep));
  EXPECT_EQ(reader.subscriptions().value(), 0U);
  EXPECT_TRUE(reader.at_end());
}

TEST(traci_answer, gives_the_numbers_of_a_subscription_in_both_forms) {
  auto const values = octets({2, 0x10, 0, 0x09, 0, 0, 0, 7, 0x11, 0, 0x0B, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0});
  auto const object = with_length("a");
  auto const body = long_answer(0xED, object + values) + octets({26, 0xED}) + object + values;
  AnswerReader reader{body};
  Subscription first;
  Subscription second;
  ASSERT_TRUE(reader.subscription(first));
  ASSERT_TRUE(reader.subscription(second));
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(first.answer, 0xED);
  EXPECT_EQ(first.object, "a");
  ASSERT_EQ(first.values.size(), 2U);
  EXPECT_EQ(first.values[0].number, 7);
  EXPECT_EQ(first.values[1].number, 1.5);
  EXPECT_EQ(second.object, first.object);
  EXPECT_EQ(second.values[1].number, 1.5);
}

TEST(traci_answer, goes_over_what_is_no_number) {
  auto const list = octets({0x0E, 0, 0, 0, 2}) + with_length("x") + with_length("yz");
  auto const compound = octets({0x0F, 0, 0, 0, 2, 0x09, 0, 0, 0, 1}) + octets({0x0C}) + with_length("t");
  auto const body = long_answer(0xED, with_length("a") + octets({3, 1, 0}) + list + octets({2, 0}) + compound + octets({3, 0, 0x08, 0xFF}));
  Subscription found;
  auto const outcome = AnswerReader{body}.subscription(found);
  ASSERT_TRUE(outcome) << outcome.error().sentence;
  EXPECT_TRUE(std::isnan(found.values[0].number));
  EXPECT_TRUE(std::isnan(found.values[1].number));
  EXPECT_EQ(found.values[2].number, -1);
}

TEST(traci_answer, says_why_a_variable_is_refused) {
  auto const body = long_answer(0xED, with_length("a") + octets({1, 0x10, 0xFF, 0x0C}) + with_length("no such area"));
  Subscription found;
  ASSERT_TRUE(AnswerReader{body}.subscription(found));
  EXPECT_FALSE(found.values[0].known);
  EXPECT_EQ(found.values[0].refused, "no such area");
}

TEST(traci_answer, hands_on_what_the_server_says_of_a_refused_command) {
  auto const body = octets({11, 0xC2, 0xFF}) + with_length("gone");
  auto const refused = AnswerReader{body}.done(Command::kSetSignal);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(refused.error().sentence, "TraCI: command 0xC2 is refused: gone");
}

TEST(traci_answer, tells_a_command_that_the_server_does_not_know) {
  auto const body = octets({7, 0xC2, 0x01, 0, 0, 0, 0});
  EXPECT_EQ(AnswerReader{body}.done(Command::kSetSignal).error().code, Code::kUnsupported);
}

TEST(traci_answer, of_another_command_is_a_fault) {
  auto const body = octets({7, 0x02, 0, 0, 0, 0, 0});
  EXPECT_EQ(AnswerReader{body}.done(Command::kClose).error().sentence,
            "TraCI: byte 11 of the frame: the answer is of command 0x02, asked was 0x7F");
}

TEST(traci_answer, that_is_cut_off_names_the_byte) {
  EXPECT_EQ(sentence_of(""), "TraCI: byte 4 of the frame: the length of an answer needs 1 bytes, and 0 are left");
  EXPECT_EQ(sentence_of(octets({0, 0, 0})), "TraCI: byte 5 of the frame: the long length of an answer needs 4 bytes, and 2 are left");
  EXPECT_EQ(sentence_of(octets({6, 0xED, 0, 0, 0, 9})), "TraCI: byte 10 of the frame: the id of an object needs 9 bytes, and 0 are left");
}

TEST(traci_answer, cannot_reach_beyond_its_frame) {
  EXPECT_EQ(sentence_of(octets({200, 0xED, 0, 0})),
            "TraCI: byte 6 of the frame: an answer of 200 bytes does not fit into the 4 that are left");
  EXPECT_EQ(sentence_of(octets({0, 0xFF, 0xFF, 0xFF, 0xFF, 0xED})),
            "TraCI: byte 10 of the frame: an answer of 4294967295 bytes does not fit into the 6 that are left");
}

TEST(traci_answer, cannot_be_shorter_than_its_own_head) {
  EXPECT_EQ(sentence_of(octets({1, 0xED})), "TraCI: byte 6 of the frame: an answer of 1 bytes does not fit into the 2 that are left");
}

TEST(traci_answer, cannot_take_from_the_next_one) {
  auto const body = octets({7, 0xED, 0, 0, 0, 4, 'a'}) + octets({7, 2, 0, 0, 0, 0, 0});
  EXPECT_EQ(sentence_of(body), "TraCI: byte 10 of the frame: the id of an object needs 4 bytes, and 1 are left");
}

TEST(traci_answer, with_bytes_left_over_is_a_fault) {
  EXPECT_EQ(sentence_of(long_answer(0xED, with_length("a") + octets({0, 1, 2}))),
            "TraCI: byte 16 of the frame: an answer has 2 bytes more than it says");
}

TEST(traci_answer, of_an_unknown_type_is_a_fault) {
  EXPECT_EQ(sentence_of(long_answer(0xED, with_length("a") + octets({1, 0x10, 0, 0x77}))),
            "TraCI: byte 19 of the frame: a value of type 0x77 is not known here");
}

TEST(traci_answer, cannot_ask_for_more_subscriptions_than_the_maximum) {
  auto const body = octets({0x7F, 0xFF, 0xFF, 0xFF});
  EXPECT_EQ(AnswerReader{body}.subscriptions().error().code, Code::kLimit);
}

TEST(traci_answer, cannot_nest_lists_without_end) {
  std::string nested;
  for (int i = 0; i <= kNestingMax; ++i) nested += octets({0x0F, 0, 0, 0, 1});
  Subscription found;
  auto const body = long_answer(0xED, with_length("a") + octets({1, 0x10, 0}) + nested + octets({0x09, 0, 0, 0, 1}));
  EXPECT_EQ(AnswerReader{body}.subscription(found).error().code, Code::kLimit);
}

}  // namespace
}  // namespace madang::mobility::traci
