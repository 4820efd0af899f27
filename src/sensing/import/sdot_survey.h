// The first look at S-DoT files, before anything is stored: which stations and channels there are, which channels a
// station does not really have, and in which scale the ultraviolet index is written.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sensing/import/feeder.h"
#include "sensing/import/sdot_file.h"
#include "sensing/rules.h"

namespace madang::sensing {

/// One channel at one station over all files of the same interval.
struct SdotSlot {
  std::uint32_t rows = 0;
  std::uint32_t values = 0;  ///< neither empty nor a sentinel
  std::uint32_t absent = 0;  ///< among them: what the channel reads where no instrument is fitted
  bool present = false;      ///< the channel is a column of some file this station is in
  bool fitted = true;        ///< decided at the end of the survey
  DatastreamId datastream = {};  ///< once it is in the registry
  UnitConversion unit = {};      ///< from the published unit to that of the Datastream
  std::string unfit = {};        ///< why its values cannot be brought to that; empty: they can
};

struct SdotStation {
  std::string model;
  std::vector<SdotSlot> slots;  ///< by SdotGroup::channels
};

/// All files whose values stand for the same length of time.
struct SdotGroup {
  Millis interval{0};
  std::vector<std::string> channels;
  std::vector<ChannelRules> rules;  ///< by channel: valid range and sentinels in the published unit
  std::unordered_map<std::string, SdotStation> stations;
};

struct SdotPlan {
  std::string path;
  SdotGroup* group = nullptr;
  std::vector<std::size_t> channel_of_column;  ///< index into group->channels
  double ultraviolet_divisor = 1;              ///< 10 where the file holds the index times 10
  bool twelve_hours = false;                   ///< its clock never shows more than 12, and the registration does
};

struct SdotSurvey {
  std::vector<std::unique_ptr<SdotGroup>> groups;
  std::vector<SdotPlan> plans;  ///< one per file
};

Result<SdotSurvey> survey_sdot(std::vector<std::string> const& files, Feeder& feeder);

/// "Not fitted" is not 0: a channel that gave no value, or only what the node sends without the instrument (0; 5.0 for
/// the globe thermometer), in at least 12 rows of a station is taken as not fitted. Wind, gust and globe, which most
/// nodes lack, may stray from it in 2 % of the rows (one bad day of the whole network); others in none.
bool is_fitted(std::string_view channel, SdotSlot const& slot);
/// What the channel reads where its instrument is missing.
bool is_absent_code(std::string_view channel, double value);
/// 10 or 1: by the layout, unless the values (in file order, at most some thousands are needed) say otherwise.
double ultraviolet_divisor(SdotLayout layout, std::vector<double> values);

/// A cell's number, none when it is missing or a sentinel; kInvalid when it is neither.
Result<std::optional<double>> sdot_value(std::string_view cell, ChannelRules const& rules);

}  // namespace madang::sensing
