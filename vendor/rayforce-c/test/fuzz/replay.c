/* Runs a fuzz target over files and folders of inputs, without a fuzzer. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    /* Exactly as large as the input, so that a read past its end is seen. */
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    size_t n = data ? fread(data, 1, (size_t)size, f) : 0;
    fclose(f);
    int r = data && n == (size_t)size ? LLVMFuzzerTestOneInput(data, n) : -1;
    free(data);
    return r < 0 ? -1 : 1;
}

/* How many inputs were run; -1: one could not be read. */
static int run(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return run_file(path);
    int count = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        char inner[4096];
        if (e->d_name[0] == '.') continue;
        snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        int r = run(inner);
        if (r < 0) {
            closedir(dir);
            return -1;
        }
        count += r;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv) {
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int r = run(argv[i]);
        if (r < 0) return 1;
        total += r;
    }
    printf("%-40s %d inputs ok\n", argc > 1 ? argv[1] : "", total);
    return total ? 0 : 1;
}
