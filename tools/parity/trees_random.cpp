// Draws of LightGBM's Random, from its own header.
//
//     g++ -O1 -I LightGBM/include tools/parity/trees_random.cpp -o random
//     ./random > packages/trees/src/random/goldens/random.json

#include <LightGBM/utils/random.h>

#include <cstdio>

using LightGBM::Random;

template <typename Draw>
void list(const char* name, int count, Draw draw) {
  printf("\"%s\":[", name);
  for (int i = 0; i < count; ++i) {
    printf(i ? "," : "");
    draw(i);
  }
  printf("]");
}

int main() {
  const int seeds[] = {0, 1, 2, -1, 123456789, 2147483647};
  const int sizes[][2] = {{10, 3},   {10, 10}, {10, 0}, {10, 11},  {1000, 5},  {1000, 1}, {100, 50},
                          {64, 16},  {16, 4},  {4, 2},  {256, 32}, {20, 15},   {5000, 7}};
  const char* separator = "{";
  for (int seed : seeds) {
    printf("%s\"%d\":{", separator, seed);
    separator = ",\n";
    Random shorts(seed), ints(seed), floats(seed), samples(seed), large(seed);
    list("short", 8, [&](int i) { printf("%d", shorts.NextShort(i, 1000 + i * 4000)); });
    printf(",");
    list("int", 8, [&](int i) { printf("%d", ints.NextInt(-i * 1000, 2147483647 - i * 200000000)); });
    printf(",");
    list("float", 8, [&](int) { printf("%.17g", floats.NextFloat()); });
    printf(",");
    list("samples", 13, [&](int i) {
      const auto drawn = samples.Sample(sizes[i][0], sizes[i][1]);
      printf("{\"n\":%d,\"k\":%d,", sizes[i][0], sizes[i][1]);
      list("drawn", static_cast<int>(drawn.size()), [&](int j) { printf("%d", drawn[j]); });
      printf("}");
    });
    const auto drawn = large.Sample(1000000, 200000);
    unsigned hash = 0;
    for (int row : drawn) hash = hash * 31u + row;
    printf(",\"large\":{\"length\":%zu,\"hash\":%u}}", drawn.size(), hash);
  }
  printf("}\n");
}
