/* The functions of the CUDA runtime that PyTorch asks about devices, loaded before the runtime itself: there is one
   device, whose compute capability is that of the variable FAKE_CUDA_CAPABILITY ("8.0"). */
#include <driver_types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cudaGetDeviceCount(int *count) {
  *count = 1;
  return 0;
}

int cudaGetDevice(int *device) {
  *device = 0;
  return 0;
}

int cudaSetDevice(int device) {
  (void)device;
  return 0;
}

int cudaGetDeviceProperties(struct cudaDeviceProp *properties, int device) {
  const char *capability = getenv("FAKE_CUDA_CAPABILITY");
  (void)device;
  memset(properties, 0, sizeof *properties);
  strcpy(properties->name, "no device");
  properties->major = 8;
  if (capability) sscanf(capability, "%d.%d", &properties->major, &properties->minor);
  properties->multiProcessorCount = 108;
  properties->warpSize = 32;
  properties->totalGlobalMem = 80000000000ULL;
  properties->maxThreadsPerMultiProcessor = 2048;
  properties->maxThreadsPerBlock = 1024;
  properties->sharedMemPerBlock = 49152;
  return 0;
}

int cudaDeviceGetStreamPriorityRange(int *least, int *greatest) {
  *least = 0;
  *greatest = -5;
  return 0;
}

int cudaDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}
