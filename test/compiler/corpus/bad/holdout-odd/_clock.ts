const clock = {
  millis(): number {
    return performance.now();
  },
};

export default clock;
