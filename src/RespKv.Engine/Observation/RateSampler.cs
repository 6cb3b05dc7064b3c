namespace RespKv.Engine.Observation;

/// <summary>The rate of a counter over its last samples (16 of them, as in Redis). Guarded by the turn.</summary>
internal sealed class RateSampler
{
    private const int SampleCount = 16;

    private readonly double[] _samples = new double[SampleCount];
    private int _next;
    private long _lastValue;
    private long _lastMillis;

    public double PerSecond
    {
        get
        {
            double sum = 0;
            foreach (double sample in _samples)
            {
                sum += sample;
            }

            return sum / SampleCount;
        }
    }

    public void Sample(long value, long nowMillis)
    {
        long elapsed = nowMillis - _lastMillis;
        if (_lastMillis != 0 && elapsed > 0)
        {
            _samples[_next] = Math.Max(0, value - _lastValue) * 1000.0 / elapsed;
            _next = (_next + 1) % SampleCount;
        }

        _lastValue = value;
        _lastMillis = nowMillis;
    }
}
