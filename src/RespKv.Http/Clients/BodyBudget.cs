namespace RespKv.Http.Clients;

/// <summary>Memory for bodies of all requests together. Thread safe.</summary>
internal sealed class BodyBudget(long bytesMax)
{
    private long _bytes;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= bytesMax)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
