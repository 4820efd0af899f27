// The rules that ship with Madang, version 1: made for networks with a value each two minutes, in the units of
// quantities.cc. Scatter and bias follow what was measured on a real network (src/simulation/statistics.h), else the device's
// resolution; what is worth a word is ours and can be changed.
#include <array>
#include <string>

#include "sensing/warning/rules.h"

namespace madang::sensing::warning {
namespace {

/// Rules for gases differ in scale only: by how much a sound device trembles and what is worth a word, in ppm.
Rule gas(std::string channel, double spread, double excess) {
  Rule r;
  r.id = channel + "_plume";
  r.channel = std::move(channel);
  r.kind = "plume";
  r.method = Method::kNeighbours;
  r.share = 0.04;
  r.slack = 3;
  r.spread = spread;
  r.spread_min = spread / 2;
  r.bias = 10 * spread;
  r.excess_min = excess;
  r.excess_serious = 8 * excess;
  return r;
}

Rule level(std::string id, std::string channel, std::string kind, Measure measure, std::array<double, 4> begins) {
  Rule r;
  r.id = std::move(id);
  r.channel = std::move(channel);
  r.kind = std::move(kind);
  r.method = Method::kLevel;
  r.measure = measure;
  r.share = 0;
  r.notice = begins[0];
  r.caution = begins[1];
  r.serious = begins[2];
  r.critical = begins[3];
  return r;
}

void add_particles(RuleSet& set) {
  Rule pm25;
  pm25.id = "pm25_plume";
  pm25.channel = "pm25";
  pm25.kind = "plume";
  pm25.gain = true;
  pm25.slack = 3;
  pm25.share = 0.4;
  pm25.memory_minutes = 15;
  pm25.excess_min = 16;  // single stations have spells of 8 to 15 by themselves, and two may meet
  pm25.excess_alone = 50;
  set.rules.push_back(pm25);
  Rule pm10 = pm25;
  pm10.id = "pm10_plume";
  pm10.channel = "pm10";
  pm10.share = 0.04;
  pm10.spread = 2;
  pm10.spread_min = 1;
  pm10.bias = 20;
  pm10.excess_min = 25;
  pm10.excess_serious = 120;
  pm10.excess_alone = 100;
  set.rules.push_back(pm10);
}

void add_gases(RuleSet& set) {
  set.rules.push_back(gas("no2", 0.003, 0.03));
  set.rules.push_back(gas("so2", 0.001, 0.01));
  set.rules.push_back(gas("co", 0.08, 0.6));
  set.rules.push_back(gas("nh3", 0.01, 0.1));
  set.rules.push_back(gas("h2s", 0.005, 0.05));
}

void add_hot_spot(RuleSet& set) {
  Rule hot;
  hot.id = "hot_spot";
  hot.channel = "temperature";
  hot.kind = "hot_spot";
  hot.share = 0.04;
  hot.slack = 3;
  hot.spread = 0.15;
  hot.spread_min = 0.08;
  hot.bias = 1;
  hot.memory_minutes = 25;  // over an hour the weather itself counts as scatter, and a fire of minutes is lost in it
  hot.excess_min = 5;
  hot.excess_serious = 15;
  hot.excess_alone = 4.5;
  // A neighbour feels it too: who lives there is told at the same time as the operators.
  set.rules.push_back(hot);
}

void add_noise(RuleSet& set) {
  Rule noise;
  noise.id = "noise_event";
  noise.channel = "noise";
  noise.kind = "noise_event";
  noise.method = Method::kPersistence;
  noise.share = 0.2;
  noise.slack = 2.5;
  noise.spread = 1.5;
  noise.spread_min = 0.6;
  noise.bias = 5;
  noise.excess_min = 10;  // twice as loud; single streets have spells of 9 by themselves
  noise.excess_serious = 25;
  noise.excess_alone = 20;  // a sound that does not tremble: the device, or an engine that nobody should miss
  noise.level_alone = kHarmfulSound;  // a place of 38 dB that hums at 60 is for the crew, once it has hummed for hours
  noise.radius = 500;
  noise.steps = 3;
  noise.memory_minutes = 25;
  noise.saturation = 85;  // dB, the top of the S-DoT node's wire range
  set.rules.push_back(noise);
}

void add_crowds(RuleSet& set) {
  Rule crowd;
  crowd.id = "crowd_surge";
  crowd.channel = "people";
  crowd.kind = "crowd_surge";
  crowd.method = Method::kSurge;
  crowd.logarithmic = true;
  crowd.share = 0.12;
  crowd.spread = 0.12;
  crowd.spread_min = 0.05;
  crowd.bias = 1.2;
  crowd.excess_min = 80;
  crowd.excess_serious = 800;
  crowd.radius = 600;
  crowd.steps = 3;
  crowd.level_min = 150;
  crowd.rate_min = 5;
  // Where the ground is known: the bands of Seoul's crowd detection (src/sensing/indices/crowd_table.h).
  crowd.density_min = 3;
  crowd.density_serious = 4;
  crowd.density_critical = 5;
  crowd.memory_minutes = 20;
  set.rules.push_back(crowd);
}

void add_levels(RuleSet& set) {
  // Korea's classes bad and very bad begin above 35 and 75 (PM2.5), 80 and 150 ug/m3 (PM10): CAI, AirKorea. The next
  // step up is the Korean fine dust warning, 150 and 300 ug/m3 (Clean Air Conservation Act, enforcement rule, table 7).
  set.rules.push_back(level("pm25_haze", "pm25", "haze", Measure::kMedian, {0, 36, 76, 150}));
  set.rules.push_back(level("pm10_haze", "pm10", "haze", Measure::kMedian, {0, 81, 151, 300}));
  // KMA impact forecast: perceived 31, 33, 35 and 38 degrees.
  set.rules.push_back(level("heat", "temperature", "heat", Measure::kHeat, {31, 33, 35, 38}));
  set.rules.back().hysteresis = 0.02;
  // Environmental noise standard beside roads, areas ga and na: 65 dB(A) by day, 55 by night (Framework Act on
  // Environmental Policy, enforcement decree). A district's median above it says that half of its stations are.
  set.rules.push_back(level("noise_day", "noise", "noise_level", Measure::kDistrict, {65, 70, 0, 0}));
  set.rules.back().hour_from = 6;
  set.rules.back().hour_to = 22;
  set.rules.push_back(level("noise_night", "noise", "noise_level", Measure::kDistrict, {55, 60, 0, 0}));
  set.rules.back().hour_from = 22;
  set.rules.back().hour_to = 6;
}

}  // namespace

RuleSet shipped_rules() {
  RuleSet set;
  set.note = "shipped with Madang";
  add_particles(set);
  add_gases(set);
  add_hot_spot(set);
  add_noise(set);
  add_crowds(set);
  add_levels(set);
  return set;
}

}  // namespace madang::sensing::warning
