using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>The arguments of ZMPOP and BZMPOP: <c>numkeys key [key ...] MIN|MAX [COUNT count]</c>.</summary>
internal readonly record struct MultiPopOptions(int KeyCount, bool Max, long Count)
{
    /// <param name="c">The running command.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="position">Where the number of keys stands.</param>
    /// <param name="options">What they say.</param>
    /// <returns>False: the error has been replied.</returns>
    public static bool TryParse(WriteContext c, RequestArgs args, int position, out MultiPopOptions options)
    {
        options = default;
        if (!RespNumber.TryParseInt64(args[position], out long keyCount) || keyCount < 1)
        {
            c.Fail("ERR numkeys should be greater than 0");
            return false;
        }

        bool hasWhere = keyCount < args.Count - position - 1;
        int where = hasWhere ? position + (int)keyCount + 1 : 0;
        bool max = hasWhere && args[where].Is("max"u8);
        if (!hasWhere || (!max && !args[where].Is("min"u8)))
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        long count = 1;
        if (args.Count > where + 1)
        {
            if (!args[where + 1].Is("count"u8) || args.Count == where + 2)
            {
                c.Fail(Errors.Syntax);
                return false;
            }

            if (!RespNumber.TryParseInt64(args[where + 2], out count) || count < 1)
            {
                c.Fail("ERR count should be greater than 0");
                return false;
            }

            if (args.Count > where + 3)
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        options = new MultiPopOptions((int)keyCount, max, count);
        return true;
    }
}
