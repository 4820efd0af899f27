#include "app/serve/settings.h"

#include <gtest/gtest.h>

namespace madang::app {
namespace {

TEST(host_port, reads_names_and_both_kinds_of_addresses) {
  EXPECT_EQ(parse_host_port("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(parse_host_port("[::1]:0")->host, "::1");
  EXPECT_EQ(parse_host_port("localhost:1883")->host, "localhost");
}

TEST(host_port, names_what_is_wrong) {
  EXPECT_EQ(parse_host_port("8080").error().sentence, "address \"8080\": HOST:PORT expected");
  EXPECT_EQ(parse_host_port("a:70000").error().sentence,
            "address \"a:70000\": a port 0 to 65535 expected after the colon");
  EXPECT_FALSE(parse_host_port(":80").has_value());
}

std::string refusal(std::string_view toml) {
  DoorSettings doors;
  runtime::Settings settings;
  doors.declare(settings);
  auto const read = settings.read(toml, "city.toml");
  return read ? "" : read.error().sentence;
}

TEST(door_settings, refuse_a_text_that_would_only_fail_later) {
  EXPECT_EQ(refusal("[log]\nlevel = \"loud\"\n"),
            "city.toml:2:1: \"log.level\": 'loud' is none of debug, info, warning, error");
  EXPECT_EQ(refusal("[http]\n\nlisten = \"8080\"\n"), "city.toml:3:1: \"http.listen\": address \"8080\": HOST:PORT expected");
  EXPECT_EQ(refusal("[log]\nlevel = \"debug\"\n"), "");
}

}  // namespace
}  // namespace madang::app
