namespace RespKv.Engine.KeyOrder;

/// <summary>A database that the tables do not have.</summary>
internal sealed class NoTableKeys : ITableKeys
{
    public static readonly NoTableKeys Instance = new();

    public bool Valid => false;

    public ReadOnlySpan<byte> Key => default;

    public KeyState State => KeyState.Deleted;

    public long EntryBytes => 0;

    public void Seek(KeyRange range)
    {
    }

    public void Next()
    {
    }
}
