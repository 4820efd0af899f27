#include "runtime/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>


namespace madang::runtime {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

void fill(Metrics& metrics) {
  metrics.counter("madang_sensing_readings_total", "Readings that came in.", {{"result", "stored"}}).Increment(3);
  metrics.counter("madang_sensing_readings_total", "Readings that came in.", {{"result", "refused"}}).Increment();
  metrics.gauge("madang_web_connections", "Open connections.").Set(7);
  metrics.seconds("madang_sensing_ingest_seconds", "From arrival to durable.").Observe(0.002);
  metrics.sampled("madang_storage_bytes", "Bytes on disk.", [] { return 4096.0; });
}

/// What `promtool check metrics` says about the text; empty when it is content.
std::string judgement(std::string const& text) {
  std::string const path = testing::TempDir() + "madang_metrics_" + std::to_string(::getpid()) + ".txt";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  std::FILE* pipe = ::popen(("promtool check metrics < '" + path + "' 2>&1").c_str(), "r");
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  int const status = ::pclose(pipe);
  std::remove(path.c_str());
  return status == 0 ? said : "promtool failed: " + said;
}

TEST(metrics, writes_text_that_promtool_accepts) {
  if (std::system("command -v promtool > /dev/null") != 0) GTEST_SKIP() << "promtool (Debian's prometheus) is not here";
  Metrics metrics;
  fill(metrics);
  EXPECT_EQ(judgement(metrics.text()), "");
}

TEST(metrics, counts_per_label) {
  Metrics metrics;
  fill(metrics);
  auto const text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE madang_sensing_readings_total counter\n"));
  EXPECT_THAT(text, HasSubstr("madang_sensing_readings_total{result=\"stored\"} 3"));
  EXPECT_THAT(text, HasSubstr("madang_sensing_readings_total{result=\"refused\"} 1"));
  EXPECT_THAT(text, HasSubstr("madang_sensing_ingest_seconds_count 1"));
}

TEST(metrics, gives_the_same_counter_for_the_same_name_and_labels) {
  Metrics metrics;
  auto& first = metrics.counter("madang_x_total", "X.", {{"a", "1"}});
  auto& again = metrics.counter("madang_x_total", "X.", {{"a", "1"}});
  EXPECT_EQ(&first, &again);
}

TEST(metrics, asks_for_sampled_values_at_each_scrape) {
  Metrics metrics;
  double value = 1;
  metrics.sampled("madang_x_bytes", "X.", [&value] { return value; });
  EXPECT_THAT(metrics.text(), HasSubstr("madang_x_bytes 1"));
  value = 2;
  EXPECT_THAT(metrics.text(), HasSubstr("madang_x_bytes 2"));
}

TEST(metrics, ends_open_metrics_text_and_names_families_without_total) {
  Metrics metrics;
  fill(metrics);
  auto const text = metrics.open_metrics_text();
  EXPECT_THAT(text, EndsWith("# EOF\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE madang_sensing_readings counter\n"));
  EXPECT_THAT(text, HasSubstr("# HELP madang_sensing_readings Readings that came in.\n"));
  EXPECT_THAT(text, HasSubstr("madang_sensing_readings_total{result=\"stored\"} 3"));
  EXPECT_THAT(text, Not(HasSubstr("\n\n")));
}

}  // namespace
}  // namespace madang::runtime
