using System.Text;
using RespKv.Engine.KeyOrder;

namespace RespKv.Engine.Tests.KeyOrder;

public sealed class KeyRangeTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("--")]
    [InlineData("+x")]
    [InlineData("0")]
    public void What_is_no_bound_is_not_parsed(string text) => Assert.Null(KeyBound.Parse(Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("-", "+", "", true)]
    [InlineData("-", "+", "zz", true)]
    [InlineData("[b", "[d", "a", false)]
    [InlineData("[b", "[d", "b", true)]
    [InlineData("(b", "[d", "b", false)]
    [InlineData("(b", "[d", "b\0", true)]
    [InlineData("[b", "[d", "d", true)]
    [InlineData("[b", "(d", "d", false)]
    [InlineData("[b", "(d", "c\u00ff", true)]
    [InlineData("[b", "[d", "d\0", false)]
    [InlineData("[", "+", "", true)]
    [InlineData("(", "+", "", false)]
    [InlineData("[b", "+", "\u00ff", true)]
    [InlineData("-", "(b", "a", true)]
    public void A_range_holds_what_its_ends_say(string low, string high, string key, bool isInside)
    {
        foreach (bool isReverse in (bool[])[false, true])
        {
            Assert.Equal(isInside, Range(low, high, isReverse).Contains(Encoding.Latin1.GetBytes(key)));
        }
    }

    [Theory]
    [InlineData("-", "+", false)]
    [InlineData("[a", "[a", false)]
    [InlineData("[a", "(a", true)]
    [InlineData("(a", "[a", true)]
    [InlineData("[b", "[a", true)]
    [InlineData("+", "-", true)]
    [InlineData("-", "-", true)]
    [InlineData("+", "+", true)]
    [InlineData("[a", "-", true)]
    [InlineData("+", "[a", true)]
    [InlineData("(a", "(a\0", false)]
    public void A_range_that_no_key_can_be_in_is_empty(string low, string high, bool isEmpty)
        => Assert.Equal(isEmpty, Range(low, high, isReverse: false).IsEmpty);

    internal static KeyRange Range(string low, string high, bool isReverse) => new(Bound(low), Bound(high), isReverse);

    private static KeyBound Bound(string text) => KeyBound.Parse(Encoding.Latin1.GetBytes(text))!;
}
